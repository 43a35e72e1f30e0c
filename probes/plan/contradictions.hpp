#pragma once
#include <span>
#include <string>
#include <string_view>

#include "config/reader.hpp"
#include "probes/core/clock.hpp"

namespace sonde {
struct Common;
namespace chat {
struct ChatSettings;
}
namespace dialect {
struct Identity;
}
namespace health {
struct HealthSettings;
}
namespace isolation {
struct IsolationSettings;
}
namespace session {
struct SessionSettings;
}
namespace upgrade {
struct UpgradeSettings;
}
}  // namespace sonde

namespace sonde::plan {

// The settings read for a probe; null: its kind has no such part.
struct ProbeParts {
  const Common* common = nullptr;
  const session::SessionSettings* session = nullptr;
  const upgrade::UpgradeSettings* upgrade = nullptr;
  const chat::ChatSettings* chat = nullptr;
  const isolation::IsolationSettings* isolation = nullptr;
  const health::HealthSettings* health = nullptr;
  const dialect::Identity* identity = nullptr;  // of the ready message, or of a login probe
};

// Reports a mistake at a key of the probe, such as ready.within, at its place in the file.
class ContradictionReport {
 public:
  ContradictionReport(const config::Value& probe, const config::Reader& reader)
      : probe_(probe), reader_(reader) {}
  // No run can pass this way, or the setting proves nothing.
  void wrong(std::string_view path, const std::string& text);
  // The setting has no effect.
  void warn(std::string_view path, const std::string& text);

 private:
  const config::Value& probe_;
  const config::Reader& reader_;
};

// Settings that are valid on their own and contradict each other.
struct Contradiction {
  std::string_view name;  // the condition that has to hold
  void (*find)(const ProbeParts& parts, ContradictionReport& report);
};
// The tables: for sockets and refusals; for several users; for the expectations of a health probe.
// Those for events of a chat are in contradictions_events.hpp.
std::span<const Contradiction> contradictions();
std::span<const Contradiction> isolation_contradictions();
std::span<const Contradiction> health_contradictions();

// Why a time has no effect: "it (5s) is not shorter than the timeout (3s), ...".
std::string not_shorter(const std::string& what, Span span, const Common& common);

// Reports all contradictions of a probe, at their places in the file.
void check(const ProbeParts& parts, const config::Value& probe, const config::Reader& reader);

}  // namespace sonde::plan
