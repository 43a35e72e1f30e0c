#pragma once
#include <cstdint>
#include <string_view>

namespace sonde::auth {

// What a text of an answer speaks of: a success ("Login successful", "NoError", "not locked"), a
// failure ("invalid_credentials", "LoginFailed", "not authorized"), or neither. Reads words in
// English, also run together, and the usual ones of some other languages. A random text, such as a
// token or the state of an OAuth request, speaks of neither, whatever letters meet in it. Pure.
enum class Tone : std::uint8_t { neutral, good, bad };
Tone tone_of(std::string_view text);

// Whether a status says that something else is wanted before the login is one: "MFA_REQUIRED",
// "pending"; not "otp_verified". Pure.
bool is_pending(std::string_view status);

// Whether a status is about the user's account and not about the login: "Unverified",
// "email_verification_pending", "EXPIRED_TRIAL". Pure.
bool is_of_account(std::string_view status);

}  // namespace sonde::auth
