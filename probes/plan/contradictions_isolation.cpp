#include <algorithm>

#include "probes/isolation/isolation.hpp"
#include "probes/plan/contradictions.hpp"

// Of several users who chat at once.
namespace sonde::plan {
namespace {

void answers_tell_users_apart(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.isolation == nullptr || !parts.isolation->cross_access) return;
  const isolation::CrossAccess& access = *parts.isolation->cross_access;
  text::Needs needs;
  needs.add(access.url);
  needs.add_values(access.headers);
  needs.add(access.body);
  const auto of_other = [](const auto& need) { return need.name.starts_with("other."); };
  if (std::ranges::none_of(needs.all, of_other))
    report.wrong("cross_access",
                 "it asks for nothing of the other user's; say {{other.NAME}}, such as "
                 "{{other.vars.thread_id}}");
}

// Sessions of one user that chat at once tell their events apart by what is random in `correlate`.
void events_tell_sessions_apart(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.isolation == nullptr || parts.isolation->same_user == session::SameUser::forbid) return;
  const dialect::Dialect& dialect = *parts.session->dialect;
  const auto is_made_anew = [&](const text::Template& text) {
    const auto names = text.names();
    return isolation::is_random(text) || std::ranges::any_of(names, [&](const std::string& name) {
             const auto var = dialect.vars.find(name.substr(name.find('.') + 1));
             return var != dialect.vars.end() && isolation::is_random(var->second);
           });
  };
  const bool random = std::ranges::any_of(
      dialect.correlate, [&](const auto& row) { return is_made_anew(row.second); });
  if (parts.isolation->abort && !random)
    report.warn("dialect", "'" + dialect.name +
                               "' has no random id in 'correlate'; if the product sends what is a "
                               "user's to all of his sessions, say 'abort: false', so that no two "
                               "of them chat at once");
}

}  // namespace

std::span<const Contradiction> isolation_contradictions() {
  static constexpr Contradiction table[] = {
      {"cross_access asks for what is the other one's", answers_tell_users_apart},
      {"sessions of a user tell their events apart", events_tell_sessions_apart},
  };
  return table;
}

}  // namespace sonde::plan
