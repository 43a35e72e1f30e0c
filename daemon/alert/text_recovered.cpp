#include <fmt/format.h>

#include <algorithm>

#include "daemon/alert/alert_text.hpp"
#include "daemon/core/change.hpp"

namespace sonde::alert {
namespace {

// The name of a check that is no longer configured, from its key "kind/name/target".
std::string name_in(std::string_view key, std::string_view target) {
  key.remove_prefix(std::min(key.find('/') + 1, key.size()));
  if (key.ends_with(target)) key.remove_suffix(target.size() + (key.size() > target.size()));
  return std::string(key);
}

// The checks of an alert at which its condition was seen; all of them if that is not known.
std::vector<CheckPtr> seen_checks(const Instance& instance, const SeenAt& seen) {
  std::vector<CheckPtr> found;
  for (const auto& check : instance.checks)
    if (seen.empty() || seen.contains(key_of(*check))) found.push_back(check);
  return found;
}

std::string show_gone(const Instance& instance, const SeenAt& seen) {
  std::string all;
  for (const auto& [key, at] : seen)
    if (std::ranges::none_of(instance.checks,
                             [&](const CheckPtr& check) { return key_of(*check) == key; }))
      all += fmt::format("; {} is no longer configured on {}", name_in(key, instance.target),
                         instance.target);
  return all;
}

// Removes a leading separator.
std::string joined(std::string parts) { return parts.starts_with("; ") ? parts.substr(2) : parts; }

std::string show_each(const Instance& instance, const SeenAt& seen, EvalContext& context) {
  std::vector<std::string> passing;
  std::string failing;
  for (const auto& check : seen_checks(instance, seen)) {
    const CheckStatus& standing = context.standing(*check);
    if (standing.consecutive_failures > 0)
      failing += "; " + show_row(*check, standing.consecutive_failures, instance.target, context);
    else if (standing.last == Outcome::pass)
      passing.push_back(check->name);
  }
  std::string all;
  if (!passing.empty())
    all = fmt::format("; {} {} again on {}", fmt::join(passing, ", "),
                      passing.size() == 1 ? "passes" : "pass", instance.target);
  return all + failing + show_gone(instance, seen);
}

}  // namespace

std::string recovered_row(const Instance& instance, const Evaluation&, const SeenAt& seen,
                          EvalContext& context) {
  return joined(show_each(instance, seen, context));
}

std::string recovered_certificate(const Instance& instance, const Evaluation& finding,
                                  const SeenAt&, EvalContext& context) {
  if (has_numbers(instance, finding)) return headline_of_certificate(instance, finding, context);
  return fmt::format("no probe of {} is shown a certificate of {} any more", instance.target,
                     instance.endpoint);
}

std::string recovered_reason(const Instance& instance, const Evaluation&, const SeenAt& seen,
                             EvalContext& context) {
  std::string all;
  for (const auto& check : seen_checks(instance, seen)) {
    const auto& passed = context.standing(*check).last_success;
    const auto last = seen.find(key_of(*check));
    if (!passed || last == seen.end()) continue;
    all += fmt::format("; {} passed on {} at {}, after its last such failure at {}", check->name,
                       instance.target, show_time(*passed, context.now()),
                       show_time(last->second, context.now()));
  }
  return joined(all + show_gone(instance, seen));
}

std::string recovered_false_green(const Instance& instance, const Evaluation&, const SeenAt& seen,
                                  EvalContext& context) {
  std::string all;
  for (const auto& check : instance.health) {
    const CheckStatus& standing = context.standing(*check);
    if (standing.last == Outcome::fail)
      all += fmt::format("; {} fails, too, on {}{}", check->name, instance.target,
                         show_failing(standing, context.now()));
  }
  return joined(all + show_each(instance, seen, context));
}

}  // namespace sonde::alert
