#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace sonde::text {

// The JSON with each escaped half of a surrogate pair ("\ud83d") as \ufffd; nullopt: it has none.
// Linear. Pure.
std::optional<std::string> without_lone_surrogates(std::string_view json);

}  // namespace sonde::text
