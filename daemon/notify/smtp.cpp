#include "daemon/notify/smtp.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/text/utf8.hpp"

namespace sonde::notify {
namespace {

namespace asio = boost::asio;

constexpr std::size_t reply_max = 500;
constexpr std::string_view goodbye = "221";

template <auto end>
struct CurlEnd {
  template <class T>
  void operator()(T* handle) const {
    end(handle);
  }
};
template <class T, auto end>
using CurlPtr = std::unique_ptr<T, CurlEnd<end>>;
using Easy = CurlPtr<CURL, curl_easy_cleanup>;
using StringList = CurlPtr<curl_slist, curl_slist_free_all>;

bool is_v6(const std::string& host) { return host.contains(':'); }

std::string in_url(const std::string& host) { return is_v6(host) ? "[" + host + "]" : host; }

// One transfer. The thread owns everything but `stop`, until it has ended.
struct Transfer {
  Mail mail;
  net::TlsSettings tls;
  std::string resolve;   // "host:port:address,address"
  std::size_t read = 0;  // of the text
  MailOutcome outcome;
  std::array<char, CURL_ERROR_SIZE> words{};
  std::atomic<bool> stop = false;  // set by the loop while the thread runs

  void run();
  void set_up(CURL* easy);
};

std::size_t give_text(char* into, std::size_t size, std::size_t count, void* of) {
  auto& transfer = *static_cast<Transfer*>(of);
  const std::string& text = transfer.mail.text;
  const std::size_t bytes = std::min(size * count, text.size() - transfer.read);
  std::copy_n(text.data() + transfer.read, bytes, into);
  transfer.read += bytes;
  return bytes;
}

// libcurl shows each line of the server here; the last one before the goodbye says why.
int note_line(CURL*, curl_infotype type, char* data, std::size_t size, void* of) {
  if (type != CURLINFO_HEADER_IN) return 0;
  std::string_view line(data, size);
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (!line.empty() && !line.starts_with(goodbye))
    static_cast<Transfer*>(of)->outcome.reply_text = text::cut(line, reply_max);
  return 0;
}

// libcurl asks at least once a second whether to go on.
int is_stopped(void* of, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Transfer*>(of)->stop.load() ? 1 : 0;
}

void Transfer::set_up(CURL* easy) {
  const bool implicit = mail.tls == MailTls::implicit;
  const std::string& named = tls.server_name.empty() ? mail.host : tls.server_name;
  const std::string hello = mail.hello.empty() ? "" : "/" + mail.hello;
  const std::string url =
      fmt::format("{}://{}:{}{}", implicit ? "smtps" : "smtp", in_url(named), mail.port, hello);
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // none of the environment's
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words.data());
  curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, note_line);
  curl_easy_setopt(easy, CURLOPT_DEBUGDATA, this);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, is_stopped);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, this);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 0x7fffffffL);  // the caller has a limit
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, ("<" + mail.from + ">").c_str());
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_text);
  curl_easy_setopt(easy, CURLOPT_READDATA, this);
  if (!mail.username.empty()) {
    curl_easy_setopt(easy, CURLOPT_USERNAME, mail.username.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, mail.password.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_USE_SSL,
                   static_cast<long>(mail.tls == MailTls::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION,
                   static_cast<long>(tls.min_version == "1.3" ? CURL_SSLVERSION_TLSv1_3
                                                              : CURL_SSLVERSION_TLSv1_2));
  if (!tls.ca.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, tls.ca.c_str());
  if (!tls.cert.empty()) {
    curl_easy_setopt(easy, CURLOPT_SSLCERT, tls.cert.c_str());
    curl_easy_setopt(easy, CURLOPT_SSLKEY, tls.key.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, tls.verify ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, tls.verify ? 2L : 0L);
}

void Transfer::run() {
  const Easy easy{curl_easy_init()};
  const StringList to{curl_slist_append(nullptr, ("<" + mail.to + ">").c_str())};
  const StringList addresses{curl_slist_append(nullptr, resolve.c_str())};
  if (!easy || !to || !addresses) {
    outcome.curl_code = CURLE_OUT_OF_MEMORY;
    return;
  }
  set_up(easy.get());
  curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT, to.get());
  curl_easy_setopt(easy.get(), CURLOPT_RESOLVE, addresses.get());
  outcome.curl_code = curl_easy_perform(easy.get());
  long reply = 0;
  const char* peer = nullptr;
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &reply);
  curl_easy_getinfo(easy.get(), CURLINFO_PRIMARY_IP, &peer);
  curl_easy_getinfo(easy.get(), CURLINFO_ACTIVESOCKET, &socket);
  outcome.reply = static_cast<int>(reply);
  outcome.peer = peer != nullptr ? peer : "";
  outcome.trouble = words.front() != '\0'
                        ? words.data()
                        : curl_easy_strerror(static_cast<CURLcode>(outcome.curl_code));
  // libcurl says goodbye when it cleans up, and would wait two minutes for an answer on which
  // nothing depends.
  if (socket != CURL_SOCKET_BAD) ::shutdown(socket, SHUT_RD);
}

// Runs the transfer on a thread and waits for it; the thread has ended when this returns.
asio::awaitable<MailOutcome> transfer(net::Network& network, std::shared_ptr<Transfer> made) {
  struct Wait {
    explicit Wait(const asio::any_io_executor& executor)
        : timer(executor, asio::steady_timer::time_point::max()) {}
    asio::steady_timer timer;
    bool ended = false;  // used by the loop alone
  };
  const auto wait = std::make_shared<Wait>(network.executor());
  std::jthread thread([made, wait, executor = network.executor()] {
    made->run();
    asio::post(executor, [wait] {
      wait->ended = true;
      wait->timer.cancel();
    });
  });
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!wait->ended) {
    auto waiting = wait->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    co_await std::move(waiting);
    if (wait->ended) break;
    made->stop = true;  // this coroutine was cancelled
  }
  thread.join();
  co_return made->outcome;
}

// "smtp.example.com:587:192.0.2.1,[2001:db8::1]"
std::string resolve_entry(const std::string& name, std::uint16_t port,
                          const std::vector<std::string>& addresses) {
  std::string all;
  for (const auto& address : addresses) all += (all.empty() ? "" : ",") + in_url(address);
  return fmt::format("{}:{}:{}", name, port, all);
}

}  // namespace

std::span<const config::Named<MailTls>> names_of(const MailTls*) {
  static constexpr std::array<config::Named<MailTls>, 3> names = {
      {{"starttls", MailTls::starttls}, {"implicit", MailTls::implicit}, {"none", MailTls::none}}};
  return names;
}

bool MailOutcome::aborted() const { return curl_code == CURLE_ABORTED_BY_CALLBACK; }

Receipt judge_mail(const MailOutcome& outcome) {
  Receipt receipt{.detail = outcome.reply_text, .wait = {}};
  if (outcome.curl_code == CURLE_OK) return receipt;
  receipt.outcome = DeliveryOutcome::retry;
  receipt.trouble = DeliveryError::network;
  receipt.detail = outcome.trouble;
  if (!outcome.reply_text.empty() && outcome.reply >= 400)
    receipt.detail += fmt::format("; the server said: {}", outcome.reply_text);
  if (outcome.curl_code == CURLE_SSL_CERTPROBLEM || outcome.curl_code == CURLE_SSL_CACERT_BADFILE) {
    receipt.trouble = DeliveryError::own;
  } else if (outcome.reply >= 500) {
    receipt.outcome = DeliveryOutcome::refused;
    receipt.trouble = DeliveryError::refused;
  } else if (outcome.reply >= 400) {
    receipt.trouble = DeliveryError::server_error;
  }
  return receipt;
}

asio::awaitable<MailOutcome> send_mail(net::Network& network, Mail mail, net::TlsSettings tls,
                                       std::vector<std::string> addresses) {
  co_await asio::this_coro::throw_if_cancelled(false);
  const auto made = std::make_shared<Transfer>();
  const std::string& named = tls.server_name.empty() ? mail.host : tls.server_name;
  made->resolve = resolve_entry(named, mail.port, addresses);
  made->tls = std::move(tls);
  made->mail = std::move(mail);
  auto transferring = transfer(network, made);
  co_return co_await std::move(transferring);
}

}  // namespace sonde::notify
