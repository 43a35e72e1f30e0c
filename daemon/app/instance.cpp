#include "daemon/app/instance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "probes/text/printable.hpp"

namespace sonde::app {
namespace {

using config::Value;

// Replaces `{{name}}`, with or without spaces within; true: there was one.
bool replace(std::string& text, std::string_view name, std::string_view by) {
  bool found = false;
  for (std::size_t at = 0; (at = text.find("{{", at)) != text.npos;) {
    const std::size_t end = text.find("}}", at);
    if (end == text.npos) break;
    std::string_view inner = std::string_view(text).substr(at + 2, end - at - 2);
    while (inner.starts_with(' ')) inner.remove_prefix(1);
    while (inner.ends_with(' ')) inner.remove_suffix(1);
    if (inner != name) {
      at = end + 2;
      continue;
    }
    found = true;
    text.replace(at, end + 2 - at, by);
    at += by.size();
  }
  return found;
}

class Filler {
 public:
  Filler(std::string location, const Shard& shard, config::Mistakes& mistakes)
      : location_(std::move(location)), shard_(std::to_string(shard.index)), mistakes_(mistakes) {}

  // `whole`: {{location}} is not left to the templates that are rendered at run time.
  void fill(Value& value, const std::string& path, bool whole) {
    if (value.kind == Value::Kind::scalar) fill_text(value, path, whole);
    for (Value& item : value.items) fill(item, path, whole);
    for (auto& entry : value.entries)
      fill(entry.value, path.empty() ? entry.name : path + "." + entry.name,
           whole || is_secret(entry.name));
  }

  // Only paths of secrets, at any depth.
  void fill_secrets(Value& value, const std::string& path) {
    for (Value& item : value.items) fill_secrets(item, path);
    for (auto& entry : value.entries) {
      const std::string place = path + "." + entry.name;
      if (is_secret(entry.name))
        fill(entry.value, place, true);
      else
        fill_secrets(entry.value, place);
    }
  }

 private:
  static bool is_secret(std::string_view key) {
    return key == "file" || key == "env" || key == "credential" || key == "state_file";
  }

  void fill_text(Value& value, const std::string& path, bool whole) {
    replace(value.text, "shard", shard_);
    if (!whole) return;
    std::string filled = value.text;
    if (!replace(filled, "location", location_)) return;
    if (location_.empty())
      mistakes_.add(value.place, path,
                    "{{location}} is not known: write 'location', or start with --location");
    value.text = std::move(filled);
  }

  std::string location_, shard_;
  config::Mistakes& mistakes_;
};

void set_location(Value& root, const std::string& location) {
  const Value given{
      .kind = Value::Kind::scalar, .place = root.place, .text = location, .quoted = true};
  const auto found = std::ranges::find(root.entries, "location", &Value::Entry::name);
  if (found != root.entries.end())
    found->value = given;
  else
    root.entries.push_back({.name = "location", .place = root.place, .value = given});
}

}  // namespace

bool has_template(std::string text, std::string_view name) { return replace(text, name, ""); }

std::string wrong_with_location(std::string_view location) {
  constexpr std::size_t size_max = 60;
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_. ";
  const bool is_right = !location.empty() && location.size() <= size_max &&
                        location.find_first_not_of(allowed) == location.npos &&
                        !location.starts_with(' ') && !location.ends_with(' ') && location != "." &&
                        location != "..";
  if (is_right) return "";
  return fmt::format(
      "a location is 1 to {} letters (a to z), digits, '-', '_', '.' and blanks within, "
      "not '{}'",
      size_max, text::printable(location, true, size_max));
}

void fill_in(Value& root, const Instance& instance, config::Mistakes& mistakes) {
  if (root.kind != Value::Kind::map) return;
  if (!instance.location.empty()) set_location(root, instance.location);
  const Value* written = root.find("location");
  const bool is_known = written != nullptr && written->kind == Value::Kind::scalar;
  if (is_known)
    if (const std::string wrong = wrong_with_location(written->text); !wrong.empty())
      return mistakes.add(written->place, "location", wrong);
  Filler filler(is_known ? written->text : "", instance.shard, mistakes);
  static const std::set<std::string_view> read_once = {"targets", "identities", "storage",
                                                       "heartbeat"};
  static const std::set<std::string_view> with_templates = {"defaults", "logins", "sockets",
                                                            "probes"};
  for (auto& entry : root.entries) {
    if (read_once.contains(entry.name) || with_templates.contains(entry.name))
      filler.fill(entry.value, entry.name, read_once.contains(entry.name));
    else
      filler.fill_secrets(entry.value, entry.name);
  }
}

}  // namespace sonde::app
