#pragma once
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "daemon/notify/mail.hpp"
#include "daemon/notify/receiver_http.hpp"

namespace sonde::notify {

// An SMTP server as it is written: "smtp.example.com", or with a port.
struct MailServer {
  std::string host;
  std::uint16_t port = 0;  // 0: that of the kind of TLS
};
// An address as it is written: "ops@example.com" or "Ops team <ops@example.com>".
struct MailAddress {
  std::string name;     // as shown; may be empty
  std::string address;  // ASCII
};

struct EmailSettings {
  MailServer server;
  MailTls security = MailTls::starttls;
  std::string username;
  config::Secret password;
  MailAddress from;
  std::vector<MailAddress> to;
  std::string hello;
  net::TlsSettings tls;
  net::Dns dns;
  Span timeout = std::chrono::seconds(30);
};
const config::Section<EmailSettings>& section_of(const EmailSettings*);
// Reports a password without a user name or without TLS to another machine, and the like.
bool vet(const EmailSettings& settings, const config::Value& value, const config::Reader& reader);

// One recipient of an entry. Each has messages of its own, so that a refused address holds back no
// other one. The mails about one incident form a thread.
class Email : public Receiver {
 public:
  Email(EmailSettings settings, MailAddress to);
  std::string place() const override;
  std::expected<Prepared, std::string> request(const Message& message) const override;

 private:
  EmailSettings settings_;
  MailAddress to_;
};

// The message as RFC 5322 has it: headers, and the text in base64. No text of an alert can add a
// header. Pure.
std::string mail_text(const Message& message, const MailAddress& from, const MailAddress& to);

// One for each address in `to`.
std::vector<std::shared_ptr<const Receiver>> make_receivers(EmailSettings settings);

}  // namespace sonde::notify

namespace sonde::config {

template <>
struct Codec<notify::MailServer> {
  static bool read(const Value&, const Reader&, const Rule&, notify::MailServer& out);
  static Value schema(const Rule& rule) { return schema_text(rule); }
  static std::string show(const notify::MailServer&);
};

template <>
struct Codec<notify::MailAddress> {
  static bool read(const Value&, const Reader&, const Rule&, notify::MailAddress& out);
  static Value schema(const Rule& rule) { return schema_text(rule); }
  static std::string show(const notify::MailAddress&);
};

}  // namespace sonde::config
