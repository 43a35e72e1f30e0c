#include "probes/health/expected.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "probes/net/http/http_text.hpp"
#include "probes/net/http/status.hpp"
#include "probes/text/json.hpp"

namespace sonde::health {

const config::Section<BodyRules>& section_of(const BodyRules*) {
  static const auto keys =
      config::Section<BodyRules>()
          .key("matches", &BodyRules::matches, "Patterns (RE2) that are all found in it.")
          .key("not_matches", &BodyRules::not_matches, "Patterns of which none is found in it.")
          .key("min_size", &BodyRules::min_size, "Its least size.")
          .key("max_size", &BodyRules::max_size, "Its greatest size.");
  return keys;
}

const config::Section<Expected>& section_of(const Expected*) {
  static const auto keys =
      config::Section<Expected>()
          .key("status", &Expected::status, "The status, or a list of them.", {.min = 1})
          .key("content_type", &Expected::content_type, "The Content-Type, without its parameters.")
          .key("headers", &Expected::headers, "Patterns by the name of the header.")
          .key("json", &Expected::json, "What stands where in the JSON body.")
          .key("body", &Expected::body, "What the body must say as a text, and its size.")
          .key("cors", &Expected::cors,
               "What a page of another origin needs: a preflight is sent first, and judged.")
          .key("max_latency", &Expected::max_latency,
               "The most that the whole run may take although it succeeds.",
               {.min = 0.0001, .max = 3600});
  return keys;
}

bool check_expected(const Expected& expected, const config::Value& probe,
                    const config::Reader& reader) {
  const config::Value* written = probe.find("expect");
  if (written == nullptr) return true;
  bool good = true;
  const auto wrong = [&](const char* key, const config::Value* in, const std::string& why) {
    const config::Value* at = in != nullptr ? in->find(key) : nullptr;
    (in == written ? reader.at("expect") : reader.at("expect").at("cors"))
        .at(key)
        .wrong(at != nullptr ? at->place : written->place, why);
    good = false;
  };
  if (!expected.content_type.empty() &&
      !net::same_word(net::media_type(expected.content_type), expected.content_type))
    wrong("content_type", written,
          "a media type without parameters is expected here, such as application/json");
  if (!expected.cors) return good;
  const Cors& cors = *expected.cors;
  const config::Value* in = written->find("cors");
  if (auto why = origin_mistake(cors.origin); !why.empty()) wrong("origin", in, why);
  if (!cors.method.empty() && !net::is_token(cors.method))
    wrong("method", in, "an HTTP method is expected here");
  for (const std::string& header : cors.headers)
    if (!net::is_token(header))
      wrong("headers", in, config::quote(header) + " is no name of a header");
  return good;
}

namespace {

std::string media_type(const net::Response& response) {
  const std::string* header = response.header("content-type");
  return header != nullptr ? net::media_type(*header) : "";
}

// A page instead of JSON comes from a front end that answers every path.
std::optional<Failure> judge_type(const Expected& expected, const net::Response& response) {
  const bool wants_json = !expected.json.empty() || expected.content_type.ends_with("json");
  if (wants_json && net::is_page(response))
    return Failure{Reason::spa_fallback, "a page (text/html) answers where JSON is expected"};
  if (expected.content_type.empty() || net::same_word(media_type(response), expected.content_type))
    return std::nullopt;
  return Failure{Reason::bad_content_type,
                 fmt::format("Content-Type is \"{}\", wanted \"{}\"", media_type(response),
                             expected.content_type)};
}

std::optional<Failure> judge_headers(const Expected& expected, const net::Response& response) {
  for (const auto& [name, pattern] : expected.headers) {
    const std::string* value = response.header(name);
    if (value == nullptr) return Failure{Reason::bad_header, "no header " + name};
    if (!pattern.found_in(*value))
      return Failure{Reason::bad_header, fmt::format("header {} is \"{}\", wanted /{}/", name,
                                                     value->substr(0, 120), pattern.text())};
  }
  return std::nullopt;
}

// Whether the body itself reports that the service is unhealthy.
bool says_unhealthy(text::Json root) {
  constexpr std::array words = {"unhealthy", "degraded", "down",     "fail",      "failed",
                                "failing",   "error",    "critical", "not_ready", "unavailable"};
  const auto status = root.member("status").string();
  return status && std::ranges::any_of(words, [&](auto w) { return net::same_word(*status, w); });
}

// Why the status is not the expected one. A 503 whose JSON reports an unhealthy service is
// reported_unhealthy ("error" is in the JSON of any error); otherwise the status decides.
std::optional<Failure> judge_status(const Expected& expected, const net::Response& response) {
  std::string wanted;
  for (const auto& status : expected.status) {
    if (status.code == response.status) return std::nullopt;
    wanted += (wanted.empty() ? ", wanted " : " or ") + std::to_string(status.code);
  }
  const std::string what = net::describe(response);
  const auto document = text::Document::parse_body(response.body);
  const bool says = document && says_unhealthy(document->root()) &&
                    !net::same_word(document->root().member("status").text(), "error");
  if (response.status == 503 && says)
    return Failure{
        Reason::reported_unhealthy,
        fmt::format("{} says status {}{}", what, document->root().member("status").text(), wanted)};
  return Failure{net::reason_of(response), what + wanted};
}

std::optional<Failure> judge_json(const Expected& expected, const net::Response& response,
                                  text::Names& names) {
  if (expected.json.empty()) return std::nullopt;
  const auto document = text::Document::parse_body(response.body);
  if (!document && response.body.empty())
    return Failure{Reason::bad_body, "the body is empty, where JSON is expected"};
  if (!document)
    return Failure{Reason::bad_body,
                   "the body is " + document.error() + ", " + text::json_place(response.body)};
  const auto wrong = text::mismatch(expected.json, document->root(), names);
  if (!wrong) return std::nullopt;
  return Failure{says_unhealthy(document->root()) ? Reason::reported_unhealthy : Reason::bad_body,
                 *wrong};
}

std::optional<Failure> judge_body(const BodyRules& rules, const std::string& body) {
  for (const auto& pattern : rules.matches)
    if (!pattern.found_in(body))
      return Failure{Reason::bad_body, "the body does not match /" + pattern.text() + "/"};
  for (const auto& pattern : rules.not_matches)
    if (pattern.found_in(body))
      return Failure{Reason::bad_body, "the body matches /" + pattern.text() + "/"};
  const bool small = rules.min_size && body.size() < *rules.min_size;
  const bool large = rules.max_size && body.size() > *rules.max_size;
  if (small || large)
    return Failure{Reason::bad_body,
                   fmt::format("the body has {} bytes, wanted {}", body.size(),
                               small ? fmt::format("at least {}", *rules.min_size)
                                     : fmt::format("at most {}", *rules.max_size))};
  return std::nullopt;
}

std::optional<Failure> judge_latency(const Expected& expected, Span took) {
  if (!expected.max_latency || took <= *expected.max_latency) return std::nullopt;
  return Failure{Reason::latency_limit, fmt::format("took {:.3f} s, at most {:.3f} s is wanted",
                                                    seconds(took), seconds(*expected.max_latency))};
}

}  // namespace

std::optional<Failure> judge_health(const Expected& expected, const net::Response& response,
                                    Span took, text::Names& names) {
  if (auto wrong = judge_status(expected, response)) return wrong;
  if (auto wrong = judge_type(expected, response)) return wrong;
  if (expected.cors)
    if (auto wrong = judge_cors(*expected.cors, response)) return wrong;
  if (auto wrong = judge_headers(expected, response)) return wrong;
  if (auto wrong = judge_json(expected, response, names)) return wrong;
  if (auto wrong = judge_body(expected.body, response.body)) return wrong;
  return judge_latency(expected, took);
}

}  // namespace sonde::health
