#include "probes/net/url.hpp"

#include <gtest/gtest.h>

#include <array>

#include "tests/conformance/suite.hpp"

namespace sonde::conformance::url_test {
namespace {

constexpr std::array<std::string_view, 4> schemes = {"http:", "https:", "ws:", "wss:"};

bool is_ours(std::string_view protocol) {
  return std::ranges::find(schemes, protocol) != schemes.end();
}

// As Sonde writes a URL: without user and fragment, which are no part of a request.
std::string wanted_of(text::Json one) {
  if (one.member("failure").boolean().value_or(false)) return "refuse";
  const std::string protocol = one.member("protocol").string_or_empty();
  if (!is_ours(protocol)) return "refuse";
  const bool user = one.member("username").text() + one.member("password").text() != "";
  if (user) return "refuse";  // as Url says
  const std::string href = one.member("href").string_or_empty();
  return href.substr(0, href.find('#'));
}

// The page of a case that has none. Its scheme is another one, so that all of the URL counts.
std::string page_for(std::string_view input) {
  return input.starts_with("ws") ? "http://page.invalid/" : "ws://page.invalid/";
}

// https://url.spec.whatwg.org: what a server says in a Location or a form, against the URL of the
// page. A case without a base that Sonde can have is resolved against a page of its own.
TEST(UrlConformance, ReferencesAreResolvedAsByBrowsers) {
  const auto data = text::Document::parse(
      read_data("/usr/share/cargo/registry/url-2.3.1/tests/urltestdata.json"));
  ASSERT_TRUE(data);
  Suite suite("url");
  for (std::size_t i = 0; i < data->root().size(); ++i) {
    const text::Json one = data->root().item(i);
    if (one.kind() != text::Json::Kind::object) continue;
    const std::string base = one.member("base").string_or_empty();
    const std::string input = one.member("input").string_or_empty();
    const auto page = net::parse_url(base.starts_with("about:") ? page_for(input) : base);
    const bool relative = base.starts_with("about:") && wanted_of(one) == "refuse";
    if (!page || relative) continue;  // a page that no probe meets; a relative reference is none
    const auto made = net::resolve(*page, input);
    suite.compare(shown(input) + " at " + base, wanted_of(one), made ? made->text() : "refuse");
  }
  suite.conclude(292);
}

}  // namespace
}  // namespace sonde::conformance::url_test
