#include <array>

#include "daemon/core/format.hpp"
#include "daemon/web/api_json.hpp"
#include "daemon/web/json_object.hpp"

namespace sonde::web {
namespace {

struct Length {
  std::string_view name;
  std::chrono::seconds length;
};
constexpr std::array<Length, 3> lengths = {{{"10m", std::chrono::minutes(10)},
                                            {"1h", std::chrono::hours(1)},
                                            {"24h", std::chrono::hours(24)}}};

std::string rate_name(const Rate& rate) {
  if (rate.of == RateOf::auth) return "auth/" + std::string(name(rate.step));
  return rate.of == RateOf::delivery ? "event/" + rate.event : "success";
}

std::string windows_json(const View& view, const Check& check, const Rate& rate, WallSeconds now) {
  JsonObject object;
  for (const Length& one : lengths) {
    const Tally tally = view.tally(check, rate, one.length, now);
    object.raw(
        one.name,
        JsonObject().number("attempts", tally.attempts).number("failures", tally.failures).done());
  }
  return object.done();
}

std::string failing_json(const FailureGroup& failing) {
  const bool concluded = failing.concluded != Reason::ok;
  JsonObject object;
  object.text("step", name(failing.step)).text("reason", name(failing.reason));
  if (concluded) object.text("concluded", name(failing.concluded));
  return object.text("detail", failing.detail)
      .text("help", row(concluded ? failing.concluded : failing.reason).help)
      .done();
}

void add_standing(JsonObject& object, const CheckStatus& standing) {
  if (standing.last) object.text("verdict", name(*standing.last));
  if (standing.newest) object.text("newest", name(*standing.newest));
  object.number("consecutive_failures", standing.consecutive_failures);
  object.number("consecutive_passes", standing.consecutive_passes);
  if (standing.last_run) object.text("last_run", as_rfc3339(*standing.last_run));
  if (standing.last_success) object.text("last_success", as_rfc3339(*standing.last_success));
  if (standing.failing_since) object.text("failing_since", as_rfc3339(*standing.failing_since));
  if (standing.failing) object.raw("failing", failing_json(*standing.failing));
  if (standing.inconclusive) object.raw("inconclusive", failing_json(*standing.inconclusive));
  JsonObject certificates;
  for (const auto& [host, not_after] : standing.certificates)
    certificates.text(host, as_rfc3339(WallTime(std::chrono::seconds(not_after))));
  object.raw("certificates", certificates.done());
  JsonObject not_performed;
  for (const auto& [check, why] : standing.not_performed) not_performed.text(check, why);
  object.raw("refusals_not_performed", not_performed.done());
}

std::string probe_json(const View& view, const Check& check, WallSeconds now) {
  JsonObject object;
  object.text("probe", check.name).text("kind", check.kind).text("target", check.target);
  object.raw("every", as_seconds(check.every)).raw("timeout", as_seconds(check.timeout));
  add_standing(object, view.standing(check));
  JsonObject rates;
  for (const Rate& rate : view.rates(check))
    rates.raw(rate_name(rate), windows_json(view, check, rate, now));
  return object.raw("rates", rates.done()).done();
}

}  // namespace

std::string probes_json(const View& view, WallSeconds now) {
  std::string all;
  for (const auto& check : view.checks())
    all += (all.empty() ? "" : ",") + probe_json(view, *check, now);
  return JsonObject().raw("probes", "[" + all + "]").done();
}

}  // namespace sonde::web
