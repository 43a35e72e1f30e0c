#include "probes/plan/kinds.hpp"
#include "probes/plan/plan.hpp"

namespace sonde::plan {

const config::Section<PlanFile>& section_of(const PlanFile*) {
  static const auto keys =
      config::Section<PlanFile>()
          .key("location", &PlanFile::location, "Where this prober stands: {{location}}.")
          .key("workers", &PlanFile::workers,
               "Threads that probe; 0: one less than the cores, at least one.",
               {.min = 0, .max = 64})
          .key("defaults", &PlanFile::defaults, "Keys of every probe that does not say otherwise.")
          .key("targets", &PlanFile::targets, "What is probed, by name.",
               {.required = true, .filled = true})
          .key("identities", &PlanFile::identities, "Whom probes log in as, by name.",
               {.filled = true})
          .key("logins", &PlanFile::logins, "How probes log in, by name.", {.filled = true})
          .key("sockets", &PlanFile::sockets, "WebSocket endpoints, by name.", {.filled = true})
          .key("dialects", &PlanFile::dialects,
               "Chat protocols, by name; each may extend a built-in one, or another of these.")
          .key("probes", &PlanFile::probes, "The probes, by name.",
               {.required = true, .filled = true});
  return keys;
}

}  // namespace sonde::plan

namespace sonde::config {

bool Codec<plan::ProbeEntries>::read(const Value& value, const Reader& reader, const Rule&,
                                     plan::ProbeEntries& out) {
  out.value = value;
  return expect(value, reader, Value::Kind::map);
}

Value Codec<plan::ProbeEntries>::schema(const Rule&) {
  std::vector<Value> choices;
  for (const auto& kind : plan::kinds()) {
    Value keys = kind.schema();
    for (auto& entry : keys.entries)
      if (entry.name == "properties")
        for (auto& property : entry.value.entries)
          if (property.name == "kind") property.value = schema_names({kind.name});
    choices.push_back(std::move(keys));
  }
  return schema_named(schema_any_of(std::move(choices)));
}

}  // namespace sonde::config
