#pragma once
#include <cstddef>
#include <memory>
#include <set>
#include <string>

namespace sonde::demo {

// A receiver of frames: an open WebSocket session.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual const std::string& user() const = 0;
  virtual void send(std::shared_ptr<const std::string> frame) = 0;
};

// The open sessions, up to a limit.
class Hub {
 public:
  explicit Hub(std::size_t most) : most_(most) {}
  bool full() const { return open_.size() >= most_; }
  void enter(Listener& listener) { open_.insert(&listener); }
  void leave(Listener& listener) { open_.erase(&listener); }
  // Sends to every session of other users.
  void send_to_others(const std::string& user, const std::shared_ptr<const std::string>& frame);

 private:
  std::size_t most_;
  std::set<Listener*> open_;
};

}  // namespace sonde::demo
