#pragma once
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

namespace sonde::demo {

// A JSON string, with its quotes.
std::string quoted(std::string_view text);

// {"detail": text}, the error format of FastAPI.
std::string detail(std::string_view text);

// The text at `key`; empty if the object has no text there.
std::string string_member(const boost::json::object& object, std::string_view key);

// Ids such as "evt_0123456789abcdef": unique in a process, the same for the same seed; no secret.
class Ids {
 public:
  explicit Ids(std::uint64_t seed) : random_(seed) {}
  std::string next(std::string_view prefix);

 private:
  std::mt19937_64 random_;
};

}  // namespace sonde::demo
