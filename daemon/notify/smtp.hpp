#pragma once
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "daemon/notify/mail.hpp"
#include "daemon/notify/receiver.hpp"
#include "probes/net/network.hpp"

namespace sonde::notify {

// What came of handing a mail to its server.
struct MailOutcome {
  int curl_code = 0;       // a CURLcode; 0: the server took the mail
  std::string trouble;     // in words
  int reply = 0;           // the server's last reply code (RFC 5321 section 4.2); 0: none
  std::string reply_text;  // its last line, at most 500 bytes
  std::string peer;        // the address that was connected to
  bool aborted() const;    // cancelled
};

// A reply 4xx is temporary: the mail is sent again. A reply 5xx refuses it. Pure.
Receipt judge_mail(const MailOutcome& outcome);

// Hands `mail` to its server at one of `addresses` by libcurl, on a thread of its own, because
// libcurl's own sockets cannot wait on our loop. Ends within seconds when cancelled; then the code
// is CURLE_ABORTED_BY_CALLBACK. Sets no time limit. The thread has ended when this returns.
boost::asio::awaitable<MailOutcome> send_mail(net::Network& network, Mail mail,
                                              net::TlsSettings tls,
                                              std::vector<std::string> addresses);

}  // namespace sonde::notify
