#pragma once
#include <memory>
#include <string>
#include <utility>

#include "daemon/notify/receiver_http.hpp"

namespace sonde::notify {

// A receiver at one URL. `Settings` has `url`, which knows its place and its digest, and `http`;
// `Self` is the class that derives from this one. A class with a further secret has a pin() of its
// own, which keeps that secret too as it is now (see Receiver::pinned); false: it cannot be read.
template <class Self, class Settings>
class HttpReceiver : public Receiver {
 public:
  std::string place() const override { return settings_.url.place(); }
  std::string identity() const override { return settings_.url.digest(); }
  std::shared_ptr<const Receiver> pinned() const override {
    auto same = std::make_shared<Self>(static_cast<const Self&>(*this));
    return Self::pin(same->HttpReceiver::settings_) ? same : nullptr;
  }
  static bool pin(Settings& settings) { return settings.url.pin(); }

 protected:
  Settings settings_;

 private:
  friend Self;
  explicit HttpReceiver(Settings settings) : settings_(std::move(settings)) {
    line = settings_.http.line;
    timeout = settings_.http.timeout;
  }
};

}  // namespace sonde::notify
