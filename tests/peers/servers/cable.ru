# A chat on Action Cable, run by Puma: a JSON login, a session cookie, an origin check, a channel whose
# actions transmit events. Rails without a database.
require "action_controller/railtie"
require "action_cable/engine"

PASSWORDS = { "alice" => "alice-password", "bob" => "bob-password" }.freeze

class Chat < Rails::Application
  config.load_defaults 6.1
  config.eager_load = false
  config.secret_key_base = "only-for-tests" * 4
  config.hosts.clear
  config.session_store :cookie_store, key: "_chat_session"
  config.logger = Logger.new($stderr, level: Logger::WARN)
  config.action_cable.cable = { "adapter" => "async" }
  config.action_cable.mount_path = "/cable"
  config.action_cable.allowed_request_origins = ["http://127.0.0.1:#{ENV.fetch('PORT')}"]
  config.action_cable.connection_class = -> { Connection }
  config.action_controller.default_protect_from_forgery = false
end

class SessionsController < ActionController::Base
  def create
    name = params[:username].to_s
    known = PASSWORDS.key?(name) && PASSWORDS[name] == params[:password]
    return render(json: { error: "Invalid username or password." }, status: :unauthorized) unless known
    session[:user] = cookies.encrypted[:user] = name
    render json: { user: name }
  end

  def health
    render json: { status: "ok" }
  end
end

class Connection < ActionCable::Connection::Base
  identified_by :user

  def connect
    self.user = cookies.encrypted[:user]
    reject_unauthorized_connection unless PASSWORDS.key?(user)
  end
end

class ChatChannel < ActionCable::Channel::Base
  def speak(data)
    a, b = data["text"].to_s.match(/(\d+) *\* *(\d+)/)&.captures
    answer = a ? (a.to_i * b.to_i).to_s : "no sum found"
    %w[agent_started agent_thinking tool_executing tool_completed agent_completed].each do |event|
      # Broadcasts pass through a pool of threads, where one may overtake another.
      transmit({ event: event, id: data["id"], content: answer })
    end
  end
end

Rails.application.routes.append do
  post "/login", to: "sessions#create"
  get "/health", to: "sessions#health"
end
Rails.application.initialize!
run Rails.application
