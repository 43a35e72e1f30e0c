#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "daemon/notify/http_receiver.hpp"

namespace sonde::notify {

struct TeamsSettings {
  SecretUrl url;  // secret: it is sufficient to post messages
  ReceiverHttp http;
};
const config::Section<TeamsSettings>& section_of(const TeamsSettings*);

// A Microsoft Teams workflow "When a Teams webhook request is received": posts an Adaptive Card.
// Texts of alerts stand in text runs, which know no markup: they cannot make a link or mention.
class Teams : public HttpReceiver<Teams, TeamsSettings> {
 public:
  explicit Teams(TeamsSettings settings) : HttpReceiver(std::move(settings)) {}
  std::expected<Prepared, std::string> request(const Message& message) const override;
  // A workflow answers 202 and nothing; the older connectors answered 200 and "1", also with an
  // error in the text.
  Receipt judge(const net::Response& response) const override;
};

// The message as an Adaptive Card, at most 24 KB; Teams takes 28 KB. Pure.
std::string teams_body(const Message& message);

std::vector<std::shared_ptr<const Receiver>> make_receivers(TeamsSettings settings);

}  // namespace sonde::notify
