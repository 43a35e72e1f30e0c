#pragma once
#include <expected>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>

#include "daemon/access/password_checker.hpp"
#include "daemon/access/web_config.hpp"

namespace sonde::access {

// A connection to the daemon's port. Lives as long as its SSL object.
struct Connection {
  std::string address;                   // of the client, without port
  bool loopback = false;                 // the client runs on this machine
  std::shared_ptr<const TlsServer> tls;  // null: plain HTTP
  ClientCertificate certificate;
};

// What a request shows of who sent it.
struct Request {
  std::string_view path;           // without query
  bool reads = true;               // GET or HEAD
  std::string_view authorization;  // the header; empty: not sent
};

// How the answer to who is `forbidden` begins; commands that ask a daemon know it by that.
inline constexpr std::string_view certificate_wanted =
    "A client certificate that this daemon accepts";

struct Decision {
  enum class Kind : std::uint8_t {
    allowed,
    unauthorized,  // no password, or a wrong one
    forbidden,     // no certificate, or a wrong one
    busy           // too many passwords are being checked
  };
  Kind kind = Kind::allowed;
  bool authenticated = false;  // by a password or a verified certificate
};

// Name and password of "Basic ..." (RFC 7617); nullopt: something else.
struct Credentials {
  std::string name;
  Hidden password;
};
std::optional<Credentials> basic_credentials(std::string_view authorization);

// Who may use the daemon's port: a web configuration file, which is read again as soon as it or a
// file that it names changes. A new version with a mistake is reported in the log, and the one
// before it stays. Main thread only.
class Access {
 public:
  // Without a file everybody may read. The error lists every mistake, a line each; warnings are
  // logged.
  static std::expected<std::unique_ptr<Access>, std::string> open(
      boost::asio::any_io_executor executor, std::filesystem::path file);

  // For a connection that was accepted now; null: plain HTTP.
  std::shared_ptr<const TlsServer> tls();
  // Calls `decided` once, at once or on the executor; not after the destruction of this object.
  void decide(const Connection& connection, const Request& request,
              std::function<void(Decision)> decided);
  // Whether a connection may go on: the configuration under which it began is still in use.
  bool is_current(const Connection& connection) const { return connection.tls == config_.tls; }
  // Headers of every answer, beside Sonde's own or in their place.
  const std::map<std::string, std::string>& headers() const {
    return config_.settings.http.headers;
  }
  // Whether a client has to prove something before it may read.
  bool asks() const { return access::asks(config_); }
  bool has_tls() const { return config_.tls != nullptr; }
  // Whether the newest version of the file is in use; nullopt: there is no file.
  std::optional<bool> is_good() const;

 private:
  Access(boost::asio::any_io_executor executor, std::filesystem::path file)
      : file_(std::move(file)), passwords_(std::move(executor)) {}
  void refresh();

  std::filesystem::path file_;
  WebConfig config_;
  WatchedFiles watched_;
  bool good_ = true;
  PasswordChecker passwords_;
};

}  // namespace sonde::access
