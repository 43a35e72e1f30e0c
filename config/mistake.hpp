#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/value.hpp"

namespace sonde::config {

// A mistake in a configuration, or a warning about something valid but unwise.
struct Mistake {
  Place place;
  std::string path;  // "probes.chat.every"
  std::string text;  // what is wrong, and how to fix it: "unknown key; did you mean 'every'?"
  bool warning = false;
};

// A text from the configuration in quotes, for a message; cut if it is long.
std::string quote(std::string_view text);

std::string show(const Place& place);  // "sonde.yaml:12:5"

// "sonde.yaml:12:5: probes.chat.evry: unknown key; did you mean 'every'?"; warnings are marked.
// Control characters are shown as '?'.
std::string show(const Mistake& mistake);

// What a load does with the files, variables and credentials that secrets stand in.
enum class SecretUse : std::uint8_t {
  read,  // each is read, and one that cannot be is a mistake
  skip,  // none is read: where the file is checked, the secrets are not (`check --no-secrets`)
};

// Collects the mistakes of a load, each once, up to `count_max` (and as many warnings).
class Mistakes {
 public:
  static constexpr std::size_t count_max = 200;

  Mistakes() = default;
  explicit Mistakes(SecretUse secrets) : secrets_(secrets) {}

  void add(const Place& place, std::string path, std::string text);
  void warn(const Place& place, std::string path, std::string text);
  bool any() const;  // not counting warnings
  // By file and line. Equal texts are merged into one, mistakes only if they are at the same place;
  // its `path` lists the probes that it concerns.
  std::vector<Mistake> sorted() const;

  bool reads_secrets() const { return secrets_ == SecretUse::read; }
  // Notes what was not read, such as "file /etc/sonde/alice.pw".
  void skipped(const std::string& what);
  const std::vector<std::string>& skipped() const { return skipped_; }  // each once

 private:
  void keep(Mistake mistake);

  SecretUse secrets_ = SecretUse::read;
  std::vector<Mistake> all_;
  std::vector<std::string> skipped_;
};

// The name in `names` that was probably meant; empty if none is similar.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& names);

// "there is no event 'strated'; did you mean 'started'?" `thing` may be empty.
std::string no_such(std::string_view thing, std::string_view name,
                    const std::vector<std::string_view>& known);

}  // namespace sonde::config
