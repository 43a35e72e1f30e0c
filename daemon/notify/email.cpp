#include "daemon/notify/email.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "daemon/notify/message_text.hpp"
#include "probes/net/host.hpp"
#include "probes/text/ascii.hpp"
#include "probes/text/encode.hpp"
#include "probes/text/utf8.hpp"

namespace sonde::notify {
namespace {

constexpr std::size_t mail_body_max = 64UL * 1024;
constexpr std::size_t subject_max = 200;
constexpr std::size_t local_part_max = 64;  // RFC 5321 section 4.5.3.1
constexpr std::size_t address_max = 254;
constexpr std::size_t base64_line = 57;  // bytes that make 76 characters
// A word may have 75 characters, 12 of them around its text (RFC 2047 section 2).
constexpr std::size_t encoded_word_bytes = 45;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

// The first `bytes_max` bytes on one line.
std::string one_line(std::string_view text, std::size_t bytes_max) {
  std::string line = text::shorten(text, bytes_max);
  std::ranges::replace_if(line, is_control, ' ');
  return line;
}

// Text for a header: words of RFC 2047 where it is not ASCII.
std::string header_text(std::string_view text) {
  const bool plain =
      std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (plain && !text.contains("=?")) return std::string(text);
  std::string all;
  while (!text.empty()) {
    std::string_view part = text::cut(text, encoded_word_bytes);
    if (part.empty()) part = text.substr(0, 1);
    all += fmt::format("{}=?utf-8?B?{}?=", all.empty() ? "" : "\r\n ", text::base64(part));
    text.remove_prefix(part.size());
  }
  return all;
}

// A name in quotes has two characters of its own (RFC 5322 section 3.2.4).
std::string header_address(const MailAddress& address) {
  if (address.name.empty()) return address.address;
  const bool ascii = std::ranges::all_of(
      address.name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!ascii) return fmt::format("{} <{}>", header_text(address.name), address.address);
  std::string name;
  for (char c : address.name) {
    if (c == '"' || c == '\\') name += '\\';
    name += c;
  }
  return fmt::format("\"{}\" <{}>", name, address.address);
}

std::string domain_of(const MailAddress& address) {
  return address.address.substr(address.address.rfind('@') + 1);
}

std::string base64_lines(std::string_view text) {
  std::string lines;
  for (std::size_t at = 0; at < text.size(); at += base64_line)
    lines += text::base64(text.substr(at, base64_line)) + "\r\n";
  return lines;
}

// What is wrong with an address; empty: nothing.
std::string_view address_mistake(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == address.npos || at == 0 || at + 1 == address.size())
    return "an address is written NAME@DOMAIN";
  if (at > local_part_max || address.size() > address_max) return "an address this long is refused";
  const auto odd = [](char c) {
    return is_control(c) || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view(" <>()[],;:\\\"@").contains(c);
  };
  if (std::ranges::any_of(address.substr(0, at), odd))
    return "the part before @ has a character that mail servers refuse";
  if (!net::parse_host(address.substr(at + 1))) return "the part after @ is no host name";
  return "";
}

std::uint16_t port_of(const EmailSettings& settings) {
  if (settings.server.port != 0) return settings.server.port;
  switch (settings.security) {
    case MailTls::starttls:
      return 587;
    case MailTls::implicit:
      return 465;
    case MailTls::none:
      return 25;
  }
  return 587;
}

}  // namespace

const config::Section<EmailSettings>& section_of(const EmailSettings*) {
  static const auto keys =
      config::Section<EmailSettings>()
          .key("server", &EmailSettings::server,
               "The SMTP server; without a port 587, 465 or 25 by `security`.", {.required = true})
          .key("security", &EmailSettings::security,
               "`starttls` (a server without it is refused), `implicit` TLS, or `none`.")
          .key("username", &EmailSettings::username, "Where the server wants a login.")
          .key("password", &EmailSettings::password, "Its password, which is a secret.")
          .key("from", &EmailSettings::from, "The sender.", {.required = true})
          .key("to", &EmailSettings::to, "The recipients; each gets messages of its own.",
               {.required = true, .min = 1, .max = 20})
          .key("hello", &EmailSettings::hello,
               "The name with which Sonde introduces itself; without it, this machine's.")
          .key("tls", &EmailSettings::tls, "How the server's certificate is verified.")
          .key("dns", &EmailSettings::dns, "DNS servers to ask.")
          .key("timeout", &EmailSettings::timeout, "How long a delivery may take.",
               {.min = 1, .max = 120});
  return keys;
}

bool vet(const EmailSettings& settings, const config::Value& value, const config::Reader& reader) {
  bool good = true;
  const auto wrong = [&](std::string_view key, const std::string& text) {
    const config::Value* written = value.find(key);
    reader.at(key).wrong(written != nullptr ? written->place : value.place, text);
    good = false;
  };
  if (settings.password.empty() != settings.username.empty())
    wrong(settings.password.empty() ? "username" : "password",
          "a login needs `username` and `password`");
  if (settings.security == MailTls::none && !settings.password.empty() &&
      !net::is_loopback(settings.server.host))
    wrong("security", "the password would cross the network unencrypted; use starttls or implicit");
  if (!settings.hello.empty() && !net::parse_host(settings.hello))
    wrong("hello", "expected a host name");
  return good;
}

std::string mail_text(const Message& message, const MailAddress& from, const MailAddress& to) {
  const std::string title = title_of(message, subject_max / 2);
  const std::string subject = one_line(title + ": " + headline_of(message), subject_max);
  const std::string text = title + "\n\n" + text_of(message, mail_body_max) + "\n" +
                           (message.external_url.empty() ? "" : "\n" + message.external_url + "\n");
  const std::string thread = incident_id(message).substr(0, 32);
  const std::string id = text::sha256(fmt::format("{}\n{}\n{}\n{}", thread, to.address, text,
                                                  message.now.time_since_epoch().count()))
                             .substr(0, 32);
  const std::string domain = domain_of(from);
  const auto utc = fmt::gmtime(std::chrono::system_clock::to_time_t(message.now));
  std::string head =
      fmt::format("From: {}\r\nTo: {}\r\nSubject: {}\r\n", header_address(from), header_address(to),
                  header_text(subject)) +
      fmt::format("Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\n", utc) +
      fmt::format("Message-ID: <{0}@{2}>\r\nIn-Reply-To: <{1}@{2}>\r\nReferences: <{1}@{2}>\r\n",
                  id, thread, domain);
  head +=
      "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n";
  head += fmt::format("X-Sonde-Status: {}\r\nX-Sonde-Severity: {}\r\n\r\n",
                      firing(message) ? "firing" : "resolved", name(severity_of(message)));
  return head + base64_lines(text);
}

Email::Email(EmailSettings settings, MailAddress to)
    : settings_(std::move(settings)), to_(std::move(to)) {
  line.tls = settings_.tls;
  line.dns = settings_.dns;
  timeout = settings_.timeout;
}

std::string Email::place() const {
  return fmt::format("{} by {}", to_.address, settings_.server.host);
}

std::expected<Prepared, std::string> Email::request(const Message& message) const {
  Prepared prepared;
  Mail mail{.host = settings_.server.host,
            .port = port_of(settings_),
            .tls = settings_.security,
            .hello = settings_.hello,
            .username = settings_.username,
            .password = {},
            .from = settings_.from.address,
            .to = to_.address,
            .text = mail_text(message, settings_.from, to_)};
  if (!settings_.password.empty()) {
    auto password = settings_.password.reveal();
    if (!password) return std::unexpected("password: " + password.error());
    mail.password = *password;
    prepared.secrets.push_back(std::move(*password));
  }
  prepared.mail = std::move(mail);
  return prepared;
}

std::vector<std::shared_ptr<const Receiver>> make_receivers(EmailSettings settings) {
  std::vector<std::shared_ptr<const Receiver>> all;
  all.reserve(settings.to.size());
  for (const auto& to : settings.to) all.push_back(std::make_shared<Email>(settings, to));
  return all;
}

}  // namespace sonde::notify

namespace sonde::config {

bool Codec<notify::MailServer>::read(const Value& value, const Reader& reader, const Rule&,
                                     notify::MailServer& out) {
  std::string text;
  if (!read_text(value, reader, {.filled = true}, text)) return false;
  // The URL reader knows hosts, brackets and ports.
  const auto url = text.contains("/") ? std::unexpected(std::string("no server"))
                                      : net::parse_url("http://" + text);
  if (!url) {
    reader.wrong(value.place, "a mail server is written HOST or HOST:PORT, without smtp://");
    return false;
  }
  out.host = url->host;
  out.port = text.ends_with("]") || !text.contains(':') ? 0 : url->port;
  return true;
}

std::string Codec<notify::MailServer>::show(const notify::MailServer& server) {
  return server.port == 0 ? server.host : fmt::format("{}:{}", server.host, server.port);
}

bool Codec<notify::MailAddress>::read(const Value& value, const Reader& reader, const Rule&,
                                      notify::MailAddress& out) {
  std::string text;
  if (!read_text(value, reader, {.filled = true}, text)) return false;
  std::string_view name;
  std::string_view address = text;
  if (const auto open = text.rfind('<'); open != text.npos && text.ends_with('>')) {
    name = std::string_view(text).substr(0, open);
    while (name.ends_with(' ')) name.remove_suffix(1);
    address = std::string_view(text).substr(open + 1, text.size() - open - 2);
  }
  if (name.size() >= 2 && name.starts_with('"') && name.ends_with('"'))
    name = name.substr(1, name.size() - 2);
  std::string_view wrong = notify::address_mistake(address);
  if (wrong.empty() && std::ranges::any_of(name, notify::is_control))
    wrong = "a name stands on one line";
  if (!wrong.empty()) reader.wrong(value.place, std::string(wrong));
  out = {.name = std::string(name), .address = std::string(address)};
  return wrong.empty();
}

std::string Codec<notify::MailAddress>::show(const notify::MailAddress& address) {
  return address.name.empty() ? address.address
                              : fmt::format("{} <{}>", address.name, address.address);
}

}  // namespace sonde::config
