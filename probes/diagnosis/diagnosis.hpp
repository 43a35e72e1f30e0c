#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probes/core/reason.hpp"

namespace sonde::diagnosis {

// Determines why a run failed if two causes look the same to the client. Pure.

// A failure as seen by the client. Two failures are equal if nothing distinguishes them.
struct Observation {
  Step step = Step::health;
  Reason reason = Reason::ok;
  int status = 0;            // of the refused upgrade; 0: none
  std::string content_type;  // without parameters
  std::string location;      // without query
  std::string server;        // the Server header
  int code = 0;              // of the Close frame; 0: none
  std::string ended_by;      // what ended the session; empty: there was none
  bool operator==(const Observation&) const = default;
};

// A control experiment. Each has one row in `experiments()`, in this order.
enum class Experiment : std::uint8_t {
  earlier_pass,    // no request: the caller knows
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
  without_alpn,    // D12
  without_subprotocol
};
inline constexpr std::size_t experiment_count = 15;

struct ExperimentRow {
  Experiment experiment;
  std::string_view name;
  std::string_view question;  // for people
  bool refused = false;       // the expected answer is a refusal, which lockouts and breakers count
};
const ExperimentRow& row(Experiment experiment);

// The result of an experiment, as a set. Empty: it gives no information.
namespace said {
using Set = std::uint8_t;
inline constexpr Set nothing = 0;
inline constexpr Set opened = 1;    // accepted, and ready if that was required; or simply: yes
inline constexpr Set refused = 2;   // 401, 403, or a policy close
inline constexpr Set absent = 4;    // nothing is served there: 400, 404, 405, 410, 426
inline constexpr Set failed = 8;    // 5xx, or Close 1011
inline constexpr Set same = 16;     // the same result as the failure itself
inline constexpr Set differs = 32;  // an answer, but a different one
}  // namespace said

struct Reply {
  Experiment experiment;
  said::Set said = said::nothing;
};

// The next step after the replies so far: the next experiment, or the reason with one line that
// explains it. Reason ok: the reason of the observation stays.
struct Decision {
  std::optional<Experiment> next;
  Reason reason = Reason::ok;
  std::string_view because;
};

// A row of the decision table: if all conditions hold, in this order, the reason is known. An
// experiment is made when the first row whose earlier conditions hold needs it, so that each
// observation needs as few experiments as possible.
struct Condition {
  Experiment experiment;
  said::Set any_of;
};
struct Rule {
  std::vector<Condition> when;
  Reason reason = Reason::ok;
  std::string_view because;
};
// The experiments that can be made; the others give no information.
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

// Classifies the answer to an experiment, compared with the failure itself. `answer.reason` ok: it
// was accepted.
said::Set said_of(const Observation& answer, const Observation& failure);

}  // namespace sonde::diagnosis
