#include <gtest/gtest.h>

#include "probes/net/http/http_text.hpp"
#include "tests/conformance/suite.hpp"

namespace sonde::conformance::mime_test {
namespace {

void compare_all(const std::string& file, Suite& suite) {
  const auto data =
      text::Document::parse(read_data("/usr/share/cargo/registry/data-url-0.1.0/tests/" + file));
  ASSERT_TRUE(data);
  for (std::size_t i = 0; i < data->root().size(); ++i) {
    const text::Json one = data->root().item(i);
    if (one.kind() != text::Json::Kind::object) continue;
    const std::string input = one.member("input").string_or_empty();
    const std::string output = one.member("output").string_or_empty();
    suite.compare(shown(input), output.substr(0, output.find(';')), net::media_type(input));
  }
}

// https://mimesniff.spec.whatwg.org: the media type of a Content-Type, without its parameters.
TEST(MimeConformance, MediaTypesAreReadAsByBrowsers) {
  Suite suite("mime");
  compare_all("mime-types.json", suite);
  compare_all("generated-mime-types.json", suite);
  suite.conclude(928);
}

}  // namespace
}  // namespace sonde::conformance::mime_test
