#pragma once
#include <string>

#include "config/section.hpp"

namespace sonde::config {

// The Value as JSON: scalars are strings, except unquoted numbers, true and false.
std::string to_json(const Value& value, bool pretty = true);

// The root of a JSON Schema (draft 2020-12), with the schema of the file's mapping.
std::string schema_document(Value root);

// The table of keys as Markdown, one row for each key.
std::string markdown(const std::vector<KeyRow>& rows);

}  // namespace sonde::config
