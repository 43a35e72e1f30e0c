#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "probes/isolation/cross_access.hpp"

namespace sonde::isolation {

constexpr std::string_view of_other = "other.";

// The result of a request or an upgrade for another user's data.
struct Answered {
  enum class How : std::uint8_t { granted, refused, neither, unclear };
  How how = How::unclear;
  std::string what;       // for people
  std::string body = {};  // of a response
  bool upgraded = false;  // a session was opened
  bool again = false;     // trying again may have another result
};

// The names that the request uses, those of the other user with the prefix "other.".
std::vector<std::string> cross_needs(const CrossAccess& access);
// The names of one user, with those of the owner that the request uses.
text::Names cross_names(const CrossAccess& access, const text::Names& own,
                        const text::Names& owner);

// Makes the request once. unclear: it cannot be made, for example because a name is not known.
boost::asio::awaitable<Answered> ask_across(const CrossAccess& access,
                                            const session::SessionSettings& settings,
                                            net::Network& network, text::Names names, Trace& trace);

}  // namespace sonde::isolation
