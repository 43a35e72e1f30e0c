#include "daemon/notify/email.hpp"

#include <gmock/gmock.h>

#include "tests/daemon/notify/receiver_fixture.hpp"

namespace sonde::notify::email_test {
namespace {

using test::ended;
using test::made_alert;
using test::message_of;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view keys =
    "server: mail.example.com, from: Sonde <sonde@example.com>, to: [a@example.com, "
    "b@example.org]";

std::string email(const std::string& more = "") {
  return "mail: { email: { " + std::string(keys) + (more.empty() ? "" : ", " + more) + " } }";
}

std::string notified(const std::string& yaml) { return test::Receivers(yaml).notified(); }

Mail mail_of(const test::Receivers& receivers, const Message& message) {
  auto prepared = receivers.place()->request(message);
  if (!prepared) throw std::runtime_error(prepared.error());
  return std::move(*prepared->mail);
}

std::string header(const std::string& text, const std::string& name) {
  const auto begin = text.find("\r\n" + name + ": ");
  if (begin == text.npos) return "";
  const auto from = begin + name.size() + 4;
  return text.substr(from, text.find("\r\n", from) - from);
}

// The body of a mail without line ends, which is base64.
std::string body_base64(const std::string& text) {
  std::string body = text.substr(text.find("\r\n\r\n") + 4);
  std::erase(body, '\r');
  std::erase(body, '\n');
  return body;
}

TEST(Email, EachRecipientIsADestination) {
  const test::Receivers receivers(email());
  ASSERT_EQ(receivers.notified(), "");
  ASSERT_EQ(receivers.only().places.size(), 2U);
  EXPECT_EQ(receivers.place(0)->place(), "a@example.com by mail.example.com");
  EXPECT_EQ(receivers.place(1)->place(), "b@example.org by mail.example.com");
}

TEST(Email, HasTheHeadersOfAMail) {
  const test::Receivers receivers(email());
  const Mail mail = mail_of(receivers, message_of({made_alert()}));
  EXPECT_EQ(mail.from, "sonde@example.com");
  EXPECT_EQ(mail.to, "a@example.com");
  EXPECT_EQ(mail.port, 587);
  EXPECT_THAT(mail.text, testing::StartsWith("From: \"Sonde\" <sonde@example.com>\r\n"));
  EXPECT_EQ(header(mail.text, "To"), "a@example.com");
  EXPECT_EQ(header(mail.text, "Date"), "Thu, 01 Oct 2026 12:01:00 +0000");
  EXPECT_EQ(header(mail.text, "Auto-Submitted"), "auto-generated");
  EXPECT_EQ(header(mail.text, "X-Sonde-Status"), "firing");
  EXPECT_THAT(header(mail.text, "Message-ID"), testing::MatchesRegex("<[0-9a-f]+@example.com>"));
  for (const char c : body_base64(mail.text))
    EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)) || c == '+' || c == '/' || c == '=');
}

TEST(Email, TheSubjectNamesWhatFailedUntilTheAlertEnds) {
  const test::Receivers receivers(email());
  Alert alert = made_alert();
  alert.annotations["summary"] = "login passes again";
  alert.failed = "login failed 4 times";
  const auto subject = [&](const Alert& one) {
    return header(mail_of(receivers, message_of({one})).text, "Subject");
  };
  EXPECT_EQ(subject(alert), "RECOVERING staging (1 alert): login failed 4 times");
  alert.failed = "";
  EXPECT_EQ(subject(ended(alert, 9)), "RESOLVED staging: login passes again");
}

TEST(Email, MailsOfAnIncidentFormAThread) {
  const test::Receivers receivers(email());
  const Mail begin = mail_of(receivers, message_of({made_alert()}));
  const Mail end = mail_of(receivers, message_of({ended(made_alert(), 30)}));
  EXPECT_NE(header(begin.text, "References"), "");
  EXPECT_EQ(header(begin.text, "References"), header(end.text, "References"));
  EXPECT_NE(header(begin.text, "Message-ID"), header(end.text, "Message-ID"));
}

TEST(Email, TheNextIncidentOfATargetIsAnotherThread) {
  const test::Receivers receivers(email());
  auto first = message_of({made_alert()}), next = first;
  first.incident = "0123456789abcdef";
  next.incident = "fedcba9876543210";
  EXPECT_EQ(header(mail_of(receivers, first).text, "References"), "<0123456789abcdef@example.com>");
  EXPECT_NE(header(mail_of(receivers, next).text, "References"),
            header(mail_of(receivers, first).text, "References"));
}

TEST(Email, TextFromOutsideAddsNoHeader) {
  const test::Receivers receivers(email());
  Alert alert = made_alert();
  alert.annotations["summary"] = "x\r\nBcc: evil@example.com\r\n\r\nbody =?utf-8?B?eA==?=";
  const Mail mail = mail_of(receivers, message_of({alert}));
  EXPECT_THAT(mail.text, Not(HasSubstr("Bcc:")));
  EXPECT_THAT(mail.text, Not(HasSubstr("=?utf-8?B?eA==?=")));
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = mail.text.find('\n', at)) != mail.text.npos; ++at) {
    EXPECT_EQ(mail.text[at - 1], '\r');
    ++lines;
  }
  EXPECT_GT(lines, 10U);
}

TEST(Email, NoLineIsLongerThanAMailMayHave) {
  const test::Receivers receivers(email());
  Alert alert = made_alert(std::string(900, 'n'), std::string(900, 't'));
  alert.annotations["summary"] = std::string(5000, 's') + "\xc3\xa4";
  std::string text = mail_of(receivers, message_of({alert}, {{"target", alert.target}})).text;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    ASSERT_NE(end, text.npos);
    EXPECT_LE(end, 250U);
    text.erase(0, end + 2);
  }
}

TEST(Email, PortAndTlsFollowWhatIsWritten) {
  const auto mail = [](const std::string& more) {
    return mail_of(test::Receivers(email(more)), message_of({made_alert()}));
  };
  EXPECT_EQ(mail("").tls, MailTls::starttls);
  EXPECT_EQ(mail("security: implicit").port, 465);
  EXPECT_EQ(mail("security: none").port, 25);
  const test::Receivers own(
      "mail: { email: { server: \"[::1]:2525\", from: a@b.example, to: "
      "c@d.example } }");
  EXPECT_EQ(mail_of(own, message_of({made_alert()})).port, 2525);
  EXPECT_EQ(mail_of(own, message_of({made_alert()})).host, "::1");
}

TEST(Email, APasswordIsReadAndHidden) {
  const test::SecretFile password("hunter2hunter2");
  const test::Receivers receivers(email("username: sonde, password: " + password.yaml()));
  ASSERT_EQ(receivers.notified(), "");
  const auto prepared = receivers.place()->request(message_of({made_alert()}));
  EXPECT_EQ(prepared->mail->password, "hunter2hunter2");
  EXPECT_THAT(prepared->secrets, testing::Contains("hunter2hunter2"));
}

TEST(Email, SettingsThatCannotWorkAreMistakes) {
  const test::SecretFile password("hunter2hunter2");
  EXPECT_THAT(notified(email("username: sonde")), HasSubstr("`username` and `password`"));
  EXPECT_THAT(notified(email("username: sonde, security: none, password: " + password.yaml())),
              HasSubstr("unencrypted"));
  EXPECT_THAT(notified(email("security: ssl")), HasSubstr("security"));
  EXPECT_THAT(notified(email("hello: \"a b\"")), HasSubstr("host name"));
  const auto address = [](const std::string& to) {
    return notified("mail: { email: { server: mail.example.com, from: a@b.example, to: \"" + to +
                    "\" } }");
  };
  EXPECT_EQ(address("ops.team+sonde@example.com"), "");
  for (const char* wrong :
       {"ops", "@example.com", "ops@", "o ps@example.com", "a@b@example.com", "<ops@example.com",
        "ops@exa mple.com", "o\\u00e4@example.com", "ops@example.com\\r\\nRCPT TO:<x@y.example>"})
    EXPECT_THAT(address(wrong), HasSubstr("to")) << wrong;
  EXPECT_THAT(notified("mail: { email: { server: smtp://mail.example.com, from: a@b.example, to: "
                       "c@d.example } }"),
              HasSubstr("without smtp://"));
}

TEST(Email, ANameThatIsNotAsciiIsEncoded) {
  const std::string text =
      mail_text(message_of({made_alert()}), {.name = "", .address = "a@b.example"},
                {.name = "J\xc3\xbcrgen \"x\"", .address = "j@b.example"});
  EXPECT_EQ(header(text, "To"), "=?utf-8?B?SsO8cmdlbiAieCI=?= <j@b.example>");
}

}  // namespace
}  // namespace sonde::notify::email_test
