#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probes/core/reason.hpp"

namespace sonde::diagnosis {

// Why a run failed, where two causes look the same on the wire. All of it is pure.

// A failure as it looks from here. Equal for two failures exactly if nothing tells them apart.
struct Observation {
  Step step = Step::health;
  Reason reason = Reason::ok;
  int status = 0;            // of the refused upgrade; 0: none
  std::string content_type;  // without parameters
  std::string location;      // without its query
  std::string server;        // the Server header
  int code = 0;              // of the Close frame; 0: none
  std::string ended_by;      // who ended the session; empty: there was none
  bool operator==(const Observation&) const = default;
};

// A control experiment. One row of `experiments()` each, in this order.
enum class Experiment : std::uint8_t {
  earlier_pass,    // asks nobody: the owner of the probe knows
  no_token,        // D1
  garbage_token,   // D2
  random_path,     // D3
  plain_get,       // D4
  other_carrier,   // D5
  origin,          // D6
  rest,            // D7
  fresh_login,     // D8
  again,           // D9
  reuse,           // D10
  late_message,    // D11
  with_extension,  // D12
  without_alpn     // D12
};
inline constexpr std::size_t experiment_count = 14;

struct ExperimentRow {
  Experiment experiment;
  std::string_view name;
  std::string_view question;  // for people
  bool refused = false;       // it asks for a refusal, which lock-outs and breakers count
};
const ExperimentRow& row(Experiment experiment);

// What an experiment came to; several may hold. None: it says nothing.
namespace said {
using Set = std::uint8_t;
inline constexpr Set nothing = 0;
inline constexpr Set opened = 1;    // accepted, and ready where that was asked; or simply: yes
inline constexpr Set refused = 2;   // 401, 403, or a policy close
inline constexpr Set absent = 4;    // nothing is served there: 400, 404, 405, 410, 426
inline constexpr Set failed = 8;    // 5xx, or Close 1011
inline constexpr Set same = 16;     // the same as the failure itself
inline constexpr Set differs = 32;  // an answer, but another
}  // namespace said

struct Reply {
  Experiment experiment;
  said::Set said = said::nothing;
};

// What follows from the replies so far: the experiment that is asked next, or the reason and in a
// line what separated it. A reason of ok: that of the observation stays.
struct Decision {
  std::optional<Experiment> next;
  Reason reason = Reason::ok;
  std::string_view because;
};

// One row of the decision table: if all conditions hold, in this order, the reason is known. An
// experiment is made when the first row whose earlier conditions hold asks for it, so that each
// observation costs the least set of them.
struct Condition {
  Experiment experiment;
  said::Set any_of;
};
struct Rule {
  std::vector<Condition> when;
  Reason reason = Reason::ok;
  std::string_view because;
};
// The rows for an observation, tried from the first on; none: it needs no experiment.
std::span<const Rule> rules_for(Step step, Reason reason);

// `can` tells which experiments can be made; the others say nothing.
class Possible {
 public:
  void add(Experiment experiment) { bits_ |= bit(experiment); }
  void remove(Experiment experiment) { bits_ &= static_cast<std::uint16_t>(~bit(experiment)); }
  bool has(Experiment experiment) const { return (bits_ & bit(experiment)) != 0; }

 private:
  static std::uint16_t bit(Experiment experiment) {
    return static_cast<std::uint16_t>(1U << static_cast<unsigned>(experiment));
  }
  std::uint16_t bits_ = 0;
};
Decision decide(std::span<const Rule> rules, const Possible& possible,
                std::span<const Reply> replies);

// What the answer to an experiment was, given what the failure itself looked like. `answer.reason`
// ok: it was accepted.
said::Set said_of(const Observation& answer, const Observation& failure);

}  // namespace sonde::diagnosis
