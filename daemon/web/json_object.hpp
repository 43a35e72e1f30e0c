#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "probes/text/json.hpp"

namespace sonde::web {

// Builds a JSON object, member by member, in order.
class JsonObject {
 public:
  JsonObject& raw(std::string_view name, std::string_view json) {
    text_ += (text_.empty() ? "{" : ",") + text::json_quote(name) + ":";
    text_ += json;
    return *this;
  }
  JsonObject& text(std::string_view name, std::string_view value) {
    return raw(name, text::json_quote(value));
  }
  JsonObject& number(std::string_view name, std::uint64_t value) {
    return raw(name, std::to_string(value));
  }
  std::string done() const { return text_.empty() ? "{}" : text_ + "}"; }

 private:
  std::string text_;
};

// "[a,b]", of the JSON that `show` returns for each item.
template <class T, class Show>
std::string json_list(const std::vector<T>& items, Show show) {
  std::string all;
  for (const T& item : items) all += (all.empty() ? "" : ",") + std::string(show(item));
  return "[" + all + "]";
}

inline std::string json_texts(const std::vector<std::string>& texts) {
  return json_list(texts, [](const std::string& text) { return text::json_quote(text); });
}

}  // namespace sonde::web
