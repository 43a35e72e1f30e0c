#include "daemon/result.hpp"

#include <algorithm>

namespace sonde {
namespace {

bool judges_auth(const Result& result) {
  if (result.attempt != 1) return false;
  return result.verdict.outcome == Outcome::pass || result.verdict.outcome == Outcome::fail;
}

AuthSample sample(const Trace::AuthNote& note, const Verdict& verdict) {
  // A run that passed got its connection, whatever it noted on the way.
  if (note.succeeded || verdict.outcome == Outcome::pass) return {note.step, true, Reason::ok};
  return {note.step, false, verdict.reason};
}

}  // namespace

std::vector<AuthSample> auth_samples(const Result& result) {
  std::vector<AuthSample> samples;
  if (!judges_auth(result)) return samples;
  for (const Trace::AuthNote& note : result.trace->auth()) {
    bool known = std::ranges::find(samples, note.step, &AuthSample::step) != samples.end();
    if (!known) samples.push_back(sample(note, result.verdict));
  }
  return samples;
}

}  // namespace sonde
