#pragma once
#include <span>
#include <string>

#include "probes/net/http/http_exchange.hpp"
#include "probes/text/pointer.hpp"

namespace sonde::auth {

// What a login has besides the words of the answer that they are held against.
struct Issued {
  bool token = false;                    // a token stands where it is expected
  const text::Pointer* place = nullptr;  // of the token in the JSON; null: it is not in it
  bool goes_on = false;                  // further requests follow, which may give a second factor
  // What is captured of the answer: a member that is one of these, or the token, is a secret and
  // says nothing of the login.
  std::span<const std::string> captured = {};
};

// What in an answer with a good status says that the login failed; empty: nothing does. Every
// service has words of its own, so the rule goes by the kinds of members that JSON answers have,
// whatever their spelling ("isSuccess", "is_success"):
// - an outcome (success, ok, authenticated) that is false, 0 or a word of failure;
// - a fault (error, errors, errcode, errorMessage) that is not empty, 0 or a word of success; one
//   whose text may mean anything counts beside a token only if no code says that all is well;
// - a status or a code (status, code, rc) that is a word of failure, negative, or counts as an
//   error: 400 to 599, and what services make of these: 40000 to 69999, 400000 to 599999;
// - an account that is closed (locked, banned), and a second factor that is wanted
//   (mfaRequired, challengeName).
// These count also beside a token, because a guest may get one. Without a token, what is softer
// counts as well, if nothing affirms the login: messages, plain texts and XML that speak of a
// failure, and what may be about something else than the login (authorized, valid, two_factor, a
// status of the account such as "Unverified"). Looks at the whole, at its data, result, response
// and the like, and at what holds the token; where that is elsewhere, of data and the like only at
// success and ok. Bodies above 64 KB are not read. The result is text of the peer: scrub it. Pure.
std::string says_no(const net::Response& response, const Issued& issued);

}  // namespace sonde::auth
