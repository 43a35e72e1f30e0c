#include "daemon/notify/heartbeat.hpp"

#include <cstdlib>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "daemon/log/log.hpp"
#include "daemon/notify/post.hpp"

namespace sonde::notify {
namespace {

namespace asio = boost::asio;

// The result of a heartbeat; an empty text: it was accepted.
struct Beat {
  std::string wrong;
  bool stopped = false;
};

asio::awaitable<Beat> beat(net::Network& network, HeartbeatSettings settings, LastAddress& last) {
  co_await asio::this_coro::throw_if_cancelled(false);
  auto prepared = post_json(settings.url, settings.http, "");
  if (!prepared) co_return Beat{.wrong = prepared.error()};
  prepared->request.method = settings.method;
  Call request{.prepared = std::move(*prepared),
               .line = settings.http.line,
               .timeout = settings.http.timeout};
  auto calling = call(network, std::move(request), last);
  const Called called = co_await std::move(calling);
  const net::Answer& answer = called.answer;
  if (answer.failure.reason == Reason::shutdown) co_return Beat{.wrong = {}, .stopped = true};
  Beat result;
  if (!answer.ok() && !was_accepted(answer))
    result.wrong = std::string(name(answer.failure.reason)) + ": " + answer.failure.detail;
  else
    result.wrong = answer.response.status / 100 == 2 ? "" : judge_status(answer.response).detail;
  result.wrong = called.trace->scrub(result.wrong);
  co_return result;
}

}  // namespace

struct Heartbeat::State : std::enable_shared_from_this<State> {
  State(net::Network& on, Hooks given) : network(on), hooks(std::move(given)) {}

  net::Network& network;
  Hooks hooks;
  std::optional<HeartbeatSettings> settings;
  asio::steady_timer timer{network.executor()};
  std::shared_ptr<asio::cancellation_signal> cut;  // of the heartbeat in flight
  LastAddress address;
  std::optional<WallTime> last;
  std::string wrong;  // as last logged
  std::function<void()> done;
  bool busy = false, stopping = false;

  void tick();
  void begin();
  void ended(const std::exception_ptr& thrown, const Beat& beat);
  void tell(const std::string& now_wrong);
  void close();
  void finish();
};

void Heartbeat::State::tick() {
  if (!settings || stopping) return;
  timer.expires_after(settings->every);
  timer.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const auto state = weak.lock();
    if (state && !error) state->tick();
  });
  if (busy) return;
  const std::string unhealthy = hooks.unhealthy();
  if (unhealthy.empty())
    begin();
  else
    tell("heartbeat withheld: " + unhealthy);
}

void Heartbeat::State::begin() {
  busy = true;
  cut = std::make_shared<asio::cancellation_signal>();
  auto beating = beat(network, *settings, address);
  auto then = [self = shared_from_this()](const std::exception_ptr& thrown, const Beat& beat) {
    self->ended(thrown, beat);
  };
  asio::co_spawn(network.executor(), std::move(beating),
                 asio::bind_cancellation_slot(cut->slot(), std::move(then)));
}

// Asio throws if a heartbeat is cancelled before its first step.
void Heartbeat::State::ended(const std::exception_ptr& thrown, const Beat& beat) {
  busy = false;
  if (thrown && !stopping) std::rethrow_exception(thrown);
  if (!thrown && !beat.stopped) {
    if (beat.wrong.empty()) last = hooks.now();
    tell(beat.wrong);
  }
  finish();
}

void Heartbeat::State::tell(const std::string& now_wrong) {
  if (now_wrong.empty() == wrong.empty()) return;
  wrong = now_wrong;
  log::say(wrong.empty() ? log::Level::info : log::Level::warning,
           wrong.empty() ? "the heartbeat is taken again" : "no heartbeat",
           {{"place", settings ? settings->url.place() : ""}, {"detail", wrong}});
}

// Outside the loop the signal is only posted, so it has to live until it is delivered.
void Heartbeat::State::close() {
  stopping = true;
  timer.cancel();
  if (!busy) return;
  cut->emit(asio::cancellation_type::terminal);
  asio::post(network.executor(), [cut = cut] {});
}

void Heartbeat::State::finish() {
  if (busy || !done) return;
  asio::post(network.executor(), std::exchange(done, nullptr));
}

const config::Section<HeartbeatSettings>& section_of(const HeartbeatSettings*) {
  static const auto keys =
      config::Section<HeartbeatSettings>()
          .key("url", &HeartbeatSettings::url,
               "Who is called, and raises the alarm when the calls stop; may be a secret.",
               {.required = true})
          .key("method", &HeartbeatSettings::method, "How.", {.one_of = {"GET", "POST"}})
          .key("every", &HeartbeatSettings::every, "How often.", {.min = 1, .max = 86400})
          .also(&HeartbeatSettings::http, config::section<ReceiverHttp>());
  return keys;
}

Heartbeat::Heartbeat(net::Network& network, Hooks hooks)
    : state_(std::make_shared<State>(network, std::move(hooks))) {}

Heartbeat::~Heartbeat() {
  if (state_->busy) std::abort();
}

void Heartbeat::assign(std::optional<HeartbeatSettings> settings) {
  state_->settings = std::move(settings);
  state_->timer.cancel();
  state_->tick();
}

std::optional<WallTime> Heartbeat::last() const { return state_->last; }

void Heartbeat::stop(std::function<void()> done) {
  state_->done = std::move(done);
  state_->close();
  state_->finish();
}

}  // namespace sonde::notify
