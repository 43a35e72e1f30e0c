#pragma once
#include <memory>
#include <vector>

#include "daemon/notify/receiver_http.hpp"

namespace sonde::notify {

struct AlertmanagerSettings {
  std::vector<HookUrl> urls;  // members of one cluster; each gets every alert
  ReceiverHttp http;
};
const config::Section<AlertmanagerSettings>& section_of(const AlertmanagerSettings*);

// How often firing alerts are resent, how long resolved alerts are sent, and how many alerts a
// request holds; the values of Prometheus.
inline constexpr Span resend_every = std::chrono::minutes(1);
inline constexpr Span resolved_kept = std::chrono::minutes(15);
inline constexpr std::size_t batch_max = 256;

// One Alertmanager, addressed by its API v2 (POST /api/v2/alerts). The `endsAt` of a firing alert
// is so far ahead that two lost requests do no harm.
class Alertmanager : public Receiver {
 public:
  Alertmanager(HookUrl url, ReceiverHttp http);
  std::string place() const override { return url_.place(); }
  std::expected<Prepared, std::string> request(const Message& message) const override;
  // 400, 413 and 422 may be caused by a single alert, and the others may have been accepted. Any
  // other failure is a fault of the server, and is retried.
  Receipt judge(const net::Response& response) const override;
  bool keeps_state() const override { return true; }

 private:
  HookUrl url_;
  ReceiverHttp http_;
};

std::vector<std::shared_ptr<const Receiver>> make_receivers(AlertmanagerSettings settings);

}  // namespace sonde::notify
