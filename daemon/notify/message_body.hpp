#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/notify/receiver.hpp"
#include "probes/text/tree.hpp"

namespace sonde::notify {

// A body that the configuration writes for a service of which Sonde knows nothing: a YAML tree, or
// a text, with `{{ }}` for what a message says. A tree is rendered as JSON, where no text can break
// out of its string; in a text, the filters `json`, `xml` and `urlenc` do the same.
class MessageBody {
 public:
  bool empty() const { return tree_.empty(); }
  using Secrets = std::vector<std::pair<std::string, std::string>>;  // by name, revealed
  // The error names what the body needs and a message does not have.
  std::expected<std::string, std::string> render(const Message& message,
                                                 const Secrets& secrets) const;
  // Whether the body is JSON whatever the texts of an alert are.
  bool stays_json() const;
  // The names of the secrets that the body needs.
  std::vector<std::string> secrets_used() const;

  // Every name that a body may use, and its meaning, for the documentation and for errors. Besides,
  // `labels.NAME` and `annotations.NAME` of the first alert, empty if it has none of that name, and
  // `secrets.NAME`.
  struct Name {
    std::string_view name, help;
  };
  static std::vector<Name> names();

 private:
  friend struct config::Codec<MessageBody>;
  text::Tree tree_;
};

}  // namespace sonde::notify

namespace sonde::config {

// Reads the tree, and refuses names that no message has.
template <>
struct Codec<notify::MessageBody> {
  static bool read(const Value&, const Reader&, const Rule&, notify::MessageBody& out);
  static Value schema(const Rule& rule) { return Codec<text::Tree>::schema(rule); }
  static std::string show(const notify::MessageBody&) { return ""; }
};

}  // namespace sonde::config
