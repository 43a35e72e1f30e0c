#pragma once
#include <memory>
#include <vector>

#include "daemon/notify/receiver_http.hpp"

namespace sonde::notify {

struct AlertmanagerSettings {
  std::vector<HookUrl> urls;  // all of one cluster; each is told everything
  ReceiverHttp http;
};
const config::Section<AlertmanagerSettings>& section_of(const AlertmanagerSettings*);

// How often an Alertmanager hears again of what fires, how long it is told that something has
// ended, and how much at once; Prometheus' own numbers.
inline constexpr Span resend_every = std::chrono::minutes(1);
inline constexpr Span resolved_kept = std::chrono::minutes(15);
inline constexpr std::size_t batch_max = 256;

// One Alertmanager, by its API v2 (POST /api/v2/alerts). While an alert fires, `endsAt` lies so far
// ahead that two lost messages do no harm.
class Alertmanager : public Receiver {
 public:
  Alertmanager(HookUrl url, ReceiverHttp http);
  std::string place() const override { return url_.place(); }
  std::expected<Prepared, std::string> request(const Message& message) const override;
  // 400, 413 and 422 may be one alert's fault, and the others may have been taken. What else is no
  // success is the fault of the place, and passes.
  Receipt judge(const net::Response& response) const override;
  bool keeps_state() const override { return true; }

 private:
  HookUrl url_;
  ReceiverHttp http_;
};

std::vector<std::shared_ptr<const Receiver>> make_receivers(AlertmanagerSettings settings);

}  // namespace sonde::notify
