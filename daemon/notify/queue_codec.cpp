#include "daemon/notify/queue_codec.hpp"

#include "daemon/core/state_json.hpp"

namespace sonde::notify {
namespace {

std::string version() { return note::part("version", "1"); }

std::expected<text::Document, std::string> parse(std::string_view text) {
  auto document = text::Document::parse(text);
  if (document && note::number_of(document->root(), "version", 1) != 1)
    return std::unexpected("of another version");
  return document;
}

}  // namespace

std::string note_of(const Pending& pending) {
  return note::object(version() + note::part("alert", note::write(pending.alert)) +
                      note::time("at", pending.notified) +
                      note::flag("firing", pending.notified_firing) +
                      note::flag("tried", pending.tried) + note::time("refused", pending.refused) +
                      note::flag("missed", pending.missed) + note::flag("failed", pending.failed));
}

std::optional<Pending> pending_of(std::string_view text) {
  const auto document = parse(text);
  if (!document) return std::nullopt;
  const text::Json root = document->root();
  auto alert = note::alert_of(root.member("alert"));
  if (!alert) return std::nullopt;
  return Pending{.alert = std::move(*alert),
                 .notified = note::time_of(root, "at"),
                 .notified_firing = note::flag_of(root, "firing"),
                 .tried = note::flag_of(root, "tried"),
                 .refused = note::time_of(root, "refused"),
                 .missed = note::flag_of(root, "missed"),
                 .failed = note::flag_of(root, "failed")};
}

std::string note_of(const PlaceNote& place) {
  return note::object(version() + note::text("host", place.last.host) +
                      note::text("address", place.last.address) +
                      note::time("quiet_until", place.quiet_until) +
                      note::text("identity", place.identity) + note::text("entry", place.entry));
}

std::optional<PlaceNote> place_of(std::string_view text) {
  const auto document = parse(text);
  if (!document) return std::nullopt;
  const text::Json root = document->root();
  if (root.member("alert")) return std::nullopt;
  return PlaceNote{
      .last = {.host = note::text_of(root, "host"), .address = note::text_of(root, "address")},
      .quiet_until = note::time_of(root, "quiet_until"),
      .identity = note::text_of(root, "identity"),
      .entry = note::text_of(root, "entry")};
}

}  // namespace sonde::notify
