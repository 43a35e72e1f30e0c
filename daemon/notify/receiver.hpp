#pragma once
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/alert.hpp"
#include "daemon/notify/mail.hpp"
#include "probes/net/http/http_exchange.hpp"

namespace sonde::notify {

// One message to a receiver. A value.
struct Message {
  std::string receiver;       // its name
  Labels group;               // labels that its alerts share; the same for one incident
  std::vector<Alert> alerts;  // at least one: firing ones first, then by severity; see `aside`
  WallTime now;
  std::string external_url;  // of the daemon's pages; may be empty
  // What tells its incidents from those of other entries that lead to the same place; may be empty.
  std::string entry = {};
  // Alert::incident, as this place knows it; empty: it began under a version that had none.
  std::string incident = {};
  // How many of the firing alerts, the last of them, somebody looks after already. They neither
  // head nor grade the message.
  std::size_t aside = 0;
};
// Whether one of its alerts has not ended.
bool firing(const Message& message);

// What an answer means for the message that was sent.
enum class DeliveryOutcome : std::uint8_t {
  accepted,
  retry,    // the same message may be accepted later
  refused,  // the receiver rejects this message; it may accept it much later
  split     // one of the alerts may be at fault: send halves
};

// Why a delivery failed; a metric label with a fixed set of values.
enum class DeliveryError : std::uint8_t {
  none,
  timeout,
  network,  // names, connections, TLS, HTTP
  rate_limited,
  server_error,
  refused,  // any other unsuccessful answer
  own       // its secret cannot be read, or the request cannot be made
};
std::span<const config::Named<DeliveryError>> names_of(const DeliveryError*);
std::string_view name(DeliveryError trouble);

struct Receipt {
  DeliveryOutcome outcome = DeliveryOutcome::accepted;
  DeliveryError trouble = DeliveryError::none;
  std::string detail;        // for people; contains no secret
  std::optional<Span> wait;  // how long the receiver asks to wait
};

// A request to send, or a mail; its `secrets` are never shown.
struct Prepared {
  net::Request request;
  std::vector<std::string> secrets;
  std::optional<Mail> mail = {};  // sent instead of the request
};

// One destination as configured: each URL of an entry of `receivers:` is one. Immutable and pure:
// it makes requests and judges answers, but does not send.
class Receiver {
 public:
  virtual ~Receiver() = default;

  // Where it is, for people and labels; contains no secret.
  virtual std::string place() const = 0;
  // Equal for two destinations exactly if what one was sent is known to the other. Contains a
  // digest of its secrets; empty: the secret cannot be read now.
  virtual std::string identity() const { return place(); }
  // A copy of this destination that keeps the current secret when the stored one is replaced; null:
  // the secret cannot be read now, or does not matter for the identity.
  virtual std::shared_ptr<const Receiver> pinned() const { return nullptr; }
  // It keeps an incident open until it is sent the end.
  virtual bool holds_incidents() const { return false; }
  // The error says why the request cannot be made.
  virtual std::expected<Prepared, std::string> request(const Message& message) const = 0;
  virtual Receipt judge(const net::Response& response) const;
  // It groups and repeats by itself, so it has to be sent every alert repeatedly.
  virtual bool keeps_state() const { return false; }
  // Alerts with the same group share a message: those of one incident, or else of one target. Where
  // incidents are held, an alert without one is an incident by itself.
  virtual Labels group_of(const Alert& alert) const;

  net::ConnectionOptions line;
  Span timeout = std::chrono::seconds(10);  // of one delivery
};

// Judges the status as most receivers mean it: 2xx is success; 429 and 5xx are retried.
Receipt judge_status(const net::Response& response);

// As judge_status, for receivers whose answer has a body: a 2xx with a web page (a captive portal,
// a proxy's notice) or JSON that reports an error was not delivered, and is retried.
Receipt judge_answer(const net::Response& response);
// A receipt for a 2xx that was not a delivery; it is retried. `why` is for people.
Receipt not_delivered(const net::Response& response, std::string_view why);

}  // namespace sonde::notify
