#pragma once
#include <cstdint>
#include <span>
#include <string>

#include "config/codec.hpp"

namespace sonde::notify {

// How an SMTP connection is protected.
enum class MailTls : std::uint8_t {
  starttls,  // RFC 3207; a server that does not offer it is refused
  implicit,  // TLS from the first byte (RFC 8314)
  none
};
std::span<const config::Named<MailTls>> names_of(const MailTls*);

// A mail to one recipient, and the server that takes it (RFC 5321). A value.
struct Mail {
  std::string host;
  std::uint16_t port = 587;
  MailTls tls = MailTls::starttls;
  std::string hello;               // the name in EHLO; empty: this machine's
  std::string username, password;  // empty: no login
  std::string from, to;            // addresses
  std::string text;                // headers and body as RFC 5322 has them, with CRLF
};

}  // namespace sonde::notify
