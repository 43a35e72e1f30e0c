#pragma once
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/alert.hpp"
#include "probes/net/http/http_exchange.hpp"

namespace sonde::notify {

// What one receiver is told at once. A value.
struct Message {
  std::string receiver;       // its name
  Labels group;               // what the alerts have in common; the same for one incident
  std::vector<Alert> alerts;  // at least one: what fires first, then by severity
  WallTime now;
  std::string external_url;  // of the daemon's pages; may be empty
  // What tells its incidents from those of other entries that lead to the same place; may be empty.
  std::string entry = {};
};
// Whether one of its alerts has not ended.
bool firing(const Message& message);

// What an answer means for what was sent.
enum class DeliveryOutcome : std::uint8_t {
  accepted,
  retry,    // later the same may be accepted
  refused,  // the receiver will not take this message; much later it may
  split     // perhaps one of the alerts is wrong: send halves
};

// Why a delivery failed; a closed metric label.
enum class DeliveryError : std::uint8_t {
  none,
  timeout,
  network,  // names, connections, TLS, HTTP
  rate_limited,
  server_error,
  refused,  // any other answer that is no success
  own       // its secret cannot be read, or the request cannot be made
};
std::span<const config::Named<DeliveryError>> names_of(const DeliveryError*);
std::string_view name(DeliveryError trouble);

struct Receipt {
  DeliveryOutcome fate = DeliveryOutcome::accepted;
  DeliveryError trouble = DeliveryError::none;
  std::string detail;        // for people; holds no secret
  std::optional<Span> wait;  // the receiver asks for so much peace
};

// What is posted; `secrets` are never shown.
struct Prepared {
  net::Request request;
  std::vector<std::string> secrets;
};

// One place where alerts are sent to, as configured: each URL of an entry of `receivers:` is one.
// Constant, and pure: it makes requests and judges answers, and sends nothing itself.
class Receiver {
 public:
  virtual ~Receiver() = default;

  // Where it is, for people and labels; holds no secret.
  virtual std::string place() const = 0;
  // Equal for two places exactly if the one knows what the other was told. Holds a digest of what
  // is secret; empty: the secret cannot be read now.
  virtual std::string identity() const { return place(); }
  // The same place, that goes on to be it when its secret is replaced where it stands; null: the
  // secret cannot be read now, or decides nothing.
  virtual std::shared_ptr<const Receiver> pinned() const { return nullptr; }
  // It keeps an incident open until it is told of its end.
  virtual bool holds_incidents() const { return false; }
  // The error says why there is none.
  virtual std::expected<Prepared, std::string> request(const Message& message) const = 0;
  virtual Receipt judge(const net::Response& response) const;
  // It groups and repeats by itself, so it wants every alert, all the time.
  virtual bool keeps_state() const { return false; }
  // Alerts with the same are told in one message: those of an incident, else of a target.
  virtual Labels group_of(const Alert& alert) const;

  net::ConnectionOptions line;
  Span timeout = std::chrono::seconds(10);  // of a delivery
};

// What the status says as most receivers mean it: 2xx is success; 429 and 5xx pass.
Receipt judge_status(const net::Response& response);

// The same for a receiver with an answer of its own: a 2xx that is a web page (the sign-in page of
// a network, a proxy's notice) or JSON that says no was not delivered, and is tried again.
Receipt judge_answer(const net::Response& response);
// Makes a receipt of a 2xx that is no delivery: it is tried again. `why` is for people.
Receipt not_delivered(const net::Response& response, std::string_view why);

}  // namespace sonde::notify
