#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/notify/receiver_http.hpp"
#include "probes/net/network.hpp"

namespace sonde::notify {

// `heartbeat:`, a request that an external service expects; if it stays away, this daemon is down.
struct HeartbeatSettings {
  HookUrl url;
  std::string method = "GET";
  Span every = std::chrono::seconds(60);
  ReceiverHttp http;
};
const config::Section<HeartbeatSettings>& section_of(const HeartbeatSettings*);

// Sends a heartbeat at once and then every `every`, on the loop of `network`. A heartbeat is left
// out if the previous one is still in flight, or if the daemon is unhealthy. A failure is logged
// once per change.
//
// Destroyed only after stop() has ended.
class Heartbeat {
 public:
  struct Hooks {
    // Why schedule, store or notifier make no progress; empty: the daemon is healthy.
    std::function<std::string()> unhealthy;
    std::function<WallTime()> now = std::chrono::system_clock::now;
  };
  Heartbeat(net::Network& network, Hooks hooks);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  // Sets the configuration, at start and at a reload; nullopt: no heartbeats.
  void assign(std::optional<HeartbeatSettings> settings);
  // When the last heartbeat was accepted; nullopt: never.
  std::optional<WallTime> last() const;
  // Cancels the heartbeat in flight, and calls `done` on the loop.
  void stop(std::function<void()> done);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::notify
