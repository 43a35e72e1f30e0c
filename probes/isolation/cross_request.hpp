#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "probes/isolation/cross_access.hpp"

namespace sonde::isolation {

constexpr std::string_view of_other = "other.";

// What came of a request or an upgrade for what is another user's.
struct Answered {
  enum class How : std::uint8_t { granted, refused, neither, unclear };
  How how = How::unclear;
  std::string what;       // for people
  std::string body = {};  // of a response
  bool upgraded = false;  // a session was opened
  bool again = false;     // asked again, it may come to something else
};

// The names that it says, those of the other one with other. before them.
std::vector<std::string> cross_needs(const CrossAccess& access);
// What somebody knows, and of the owner what is asked of it.
text::Names cross_names(const CrossAccess& access, const text::Names& own,
                        const text::Names& owner);

// Asks once. Where it cannot be asked, as with a name that is not known: unclear.
boost::asio::awaitable<Answered> ask_across(const CrossAccess& access,
                                            const session::SessionSettings& settings,
                                            net::Network& network, text::Names names, Trace& trace);

}  // namespace sonde::isolation
