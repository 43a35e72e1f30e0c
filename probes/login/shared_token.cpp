#include <fmt/format.h>

#include "probes/auth/token.hpp"
#include "probes/login/logins_at_once.hpp"

namespace sonde::login {
namespace {

// What no two logins may have in common, and its name.
struct Mark {
  std::string_view what;
  std::string text;
};

// The cookies of a login that gives nothing else.
std::string session_of(const auth::Token& token) {
  std::string all;
  for (const auto& cookie : token.cookies.all()) all += cookie.name + "=" + cookie.value + ";";
  return all;
}

Mark mark_of(const auth::Token& token) {
  if (token.value.empty()) return {"the same cookies", session_of(token)};
  const auto claims = auth::read_claims(token.value);
  if (claims && !claims->id.empty()) return {"tokens of the same jti", claims->id};
  return {"the same token", token.value};
}

}  // namespace

std::optional<Failure> find_shared(std::span<const Issued> issued, session::SameUser same_user) {
  std::optional<Failure> found;
  std::vector<Mark> marks;
  marks.reserve(issued.size());
  for (const Issued& one : issued) marks.push_back(mark_of(one.token));
  for (std::size_t a = 0; a < issued.size(); ++a)
    for (std::size_t b = a + 1; b < issued.size(); ++b) {
      const bool others = issued[a].user != issued[b].user;
      if (marks[a].text.empty() || marks[a].text != marks[b].text) continue;
      if (!others && (found || same_user == session::SameUser::allow)) continue;
      found = Failure{Reason::token_shared, fmt::format("{} and {} got {}", issued[a].name,
                                                        issued[b].name, marks[a].what)};
      if (others) return found;
    }
  return found;
}

}  // namespace sonde::login
