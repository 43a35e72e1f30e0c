#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/notify/receiver_http.hpp"
#include "probes/net/network.hpp"

namespace sonde::notify {

// `heartbeat:`, a request that somebody outside expects: when it stays away, we are what is down.
struct HeartbeatSettings {
  HookUrl url;
  std::string method = "GET";
  Span every = std::chrono::seconds(60);
  ReceiverHttp http;
};
const config::Section<HeartbeatSettings>& section_of(const HeartbeatSettings*);

// Beats at once, and then every `every`, on the loop of `network`; a beat that finds the last one
// under way, or the daemon not well, is left out. A failure is logged once a change.
//
// Destroyed only after stop() has ended.
class Heartbeat {
 public:
  struct Hooks {
    // Why agenda, store or notifier make no progress; empty: all is well.
    std::function<std::string()> unhealthy;
    std::function<WallTime()> now = std::chrono::system_clock::now;
  };
  Heartbeat(net::Network& network, Hooks hooks);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  // At start and at a reload; nothing: no beats.
  void assign(std::optional<HeartbeatSettings> settings);
  // The last beat that was taken; nothing: none yet.
  std::optional<WallTime> last() const;
  // Cuts a beat that is under way, and calls `done` on the loop.
  void stop(std::function<void()> done);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace sonde::notify
