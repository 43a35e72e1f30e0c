#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/view.hpp"
#include "probes/text/encode.hpp"

namespace sonde::web {

// The parameters of a request to a list of the API. Collects what is wrong with them.
class ApiQuery {
 public:
  static constexpr std::size_t limit_default = 100, limit_max = 1000;

  // `known` are the parameters of the list; any other one is a mistake.
  ApiQuery(std::string_view query, std::initializer_list<std::string_view> known);

  // Empty: not given.
  std::string text(std::string_view name) const;
  // One of some words; empty: not given.
  std::string word(std::string_view name, std::initializer_list<std::string_view> words);
  // What `find` names so; nullopt: not given.
  template <class Named>
  std::optional<Named> named(std::string_view name,
                             std::optional<Named> (*find)(std::string_view)) {
    const std::string value = text(name);
    if (value.empty()) return std::nullopt;
    const auto found = find(value);
    if (!found) add_unknown(name, value);
    return found;
  }
  // RFC 3339 or Unix seconds; nullopt: not given.
  std::optional<WallTime> time(std::string_view name);
  // true or false; without it, false.
  bool flag(std::string_view name);
  // How many items a page has at most.
  std::size_t limit(std::size_t fallback = limit_default, std::size_t max = limit_max);
  // A number from 1 to `max`; nullopt: not given.
  std::optional<std::int64_t> number(std::string_view name, std::int64_t max);
  // The key of the last item of the page before, from its `next`; nullopt: the first page.
  std::optional<std::string> after();
  // Adds what is wrong with a parameter.
  void mistake(std::string_view name, std::string_view what);
  // What is wrong: "limit: a number from 1 to 1000; verdct: unknown; did you mean 'verdict'?".
  // Empty: nothing.
  const std::string& wrong() const { return wrong_; }

 private:
  void add_unknown(std::string_view name, std::string_view value);

  text::Parameters parameters_;
  std::string wrong_;
};

// The text of `next` for the key of an item: [A-Za-z0-9_-].
std::string cursor_of(std::string_view key);

// A key by which a list is sorted by time, then by name.
std::string time_key(WallTime at, std::string_view name);

// A page of a list. `next` is the cursor of the page that follows; empty: there is none.
template <class T>
struct ApiPage {
  std::vector<T> items;
  std::string next;
};

// The page of `all` that a query asks for. `key` gives each item a text of its own, by which the
// list is sorted, so that a cursor stays good although items come and go; `falling`: the greatest
// first.
template <class T, class Key>
ApiPage<T> page_of(std::vector<T> all, ApiQuery& query, Key key, bool falling = false,
                   std::size_t fallback = ApiQuery::limit_default) {
  const std::size_t limit = query.limit(fallback);
  const auto after = query.after();
  std::vector<std::pair<std::string, std::size_t>> keys;
  keys.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) keys.emplace_back(key(all[i]), i);
  if (falling)
    std::ranges::sort(keys, std::ranges::greater());
  else
    std::ranges::sort(keys);
  ApiPage<T> page;
  std::string last;
  for (auto& [own, index] : keys) {
    if (after && (falling ? own >= *after : own <= *after)) continue;
    if (page.items.size() == limit) {
      page.next = cursor_of(last);
      break;
    }
    last = std::move(own);
    page.items.push_back(std::move(all[index]));
  }
  return page;
}

}  // namespace sonde::web
