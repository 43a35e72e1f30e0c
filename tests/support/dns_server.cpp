#include "tests/support/dns_server.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "tests/support/loopback.hpp"

namespace sonde::test {
namespace {

constexpr std::size_t header_size = 12;
const std::string times(20, '\x01');  // serial, refresh, retry, expire, minimum

void put16(std::string& out, int number) {
  out += static_cast<char>(number >> 8);
  out += static_cast<char>(number & 0xff);
}

std::string encoded(const std::string& name) {
  std::string out;
  std::size_t begin = 0;
  while (begin < name.size()) {
    const auto end = std::min(name.find('.', begin), name.size());
    out += static_cast<char>(end - begin) + name.substr(begin, end - begin);
    begin = end + 1;
  }
  return out + '\0';
}

// RFC 1035 section 4.1.2: labels, then type and class. Returns the end of the question.
std::size_t read_question(const std::string& query, std::string& name, int& type) {
  std::size_t at = header_size;
  while (at < query.size() && query[at] != 0) {
    const auto size = static_cast<std::size_t>(query[at]);
    name += (name.empty() ? "" : ".") + query.substr(at + 1, size);
    at += size + 1;
  }
  type = (query.at(at + 1) << 8) | query.at(at + 2);
  for (char& c : name) c = static_cast<char>(::tolower(c));
  return at + 5;
}

std::string shown(int type) {
  return type == 1 ? "A" : type == 2 ? "NS" : type == 28 ? "AAAA" : "TYPE" + std::to_string(type);
}

void put_record(std::string& out, const std::string& owner, int type, const std::string& data) {
  out += owner;
  put16(out, type);
  put16(out, 1);
  out += std::string("\0\0\0\x3c", 4);
  put16(out, static_cast<int>(data.size()));
  out += data;
}

std::string bytes_of(const std::string& address) {
  const bool v6 = address.contains(':');
  std::array<char, 16> bytes{};
  inet_pton(v6 ? AF_INET6 : AF_INET, address.c_str(), bytes.data());
  return {bytes.data(), v6 ? 16U : 4U};
}

std::string reply_to(const std::string& query, std::size_t end, const DnsReply& reply) {
  const auto count = reply.addresses.size() + (reply.alias.empty() ? 0 : 1);
  std::string out = query.substr(0, 2) + (reply.truncated ? '\x83' : '\x81') +
                    static_cast<char>(0x80 | reply.code);
  for (const int number : {1, static_cast<int>(count), reply.of_zone ? 1 : 0, 0})
    put16(out, number);
  out += query.substr(header_size, end - header_size);
  const std::string asked = "\xc0\x0c";
  const std::string owner = reply.alias.empty() ? asked : encoded(reply.alias);
  if (!reply.alias.empty()) put_record(out, asked, 5, owner);
  for (const auto& address : reply.addresses)
    put_record(out, owner, address.contains(':') ? 28 : 1, bytes_of(address));
  if (reply.of_zone) put_record(out, asked, 6, encoded("ns.test") + encoded("root.test") + times);
  if (reply.garbage) out.resize(out.size() - 3);
  return out;
}

// The answer to a query; empty: send none.
std::string answer_of(const std::string& query, const DnsServer::Script& script, bool& held) {
  std::string name;
  int type = 0;
  const auto question_end = read_question(query, name, type);
  const DnsReply reply = script(name, shown(type));
  held = reply.held;
  return reply.silent ? "" : reply_to(query, question_end, reply);
}

struct Held {
  std::string bytes;
  sockaddr_storage to;
  socklen_t size;
};

}  // namespace

DnsServer::DnsServer(Script script, std::uint16_t port)
    : script_(std::move(script)), socket_(bound_socket("127.0.0.1", SOCK_DGRAM, port)) {
  port_ = port_of(socket_);
  thread_ = std::jthread([this](const std::stop_token& stop) { answer_all(stop); });
}

DnsServer::~DnsServer() {
  thread_.request_stop();
  thread_.join();
  ::close(socket_);
}

void DnsServer::answer_all(const std::stop_token& stop) {
  const std::stop_callback end(stop, [fd = socket_] { ::shutdown(fd, SHUT_RDWR); });
  std::vector<Held> held;
  while (!stop.stop_requested()) {
    std::array<char, 1500> bytes{};
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    auto* sender = reinterpret_cast<sockaddr*>(&from);
    const auto count = ::recvfrom(socket_, bytes.data(), bytes.size(), 0, sender, &size);
    if (count < static_cast<ssize_t>(header_size) + 5) continue;
    ++count_;
    const std::string query(bytes.data(), static_cast<std::size_t>(count));
    bool waits = false;
    std::string answer = answer_of(query, script_, waits);
    if (answer.empty()) continue;
    held.push_back({std::move(answer), from, size});
    if (waits) continue;
    std::ranges::rotate(held, held.end() - 1);
    for (const auto& [out, to, to_size] : held)
      ::sendto(socket_, out.data(), out.size(), 0, reinterpret_cast<const sockaddr*>(&to), to_size);
    held.clear();
  }
}

TcpServer::Script dns_over_tcp(DnsServer::Script script, std::chrono::milliseconds slow) {
  return [script = std::move(script), slow](int fd) {
    std::array<char, 1500> bytes{};
    const auto count = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (count < static_cast<ssize_t>(header_size) + 7) return;
    pollfd quiet{.fd = fd, .events = POLLRDHUP, .revents = 0};  // or until the client disconnects
    ::poll(&quiet, 1, static_cast<int>(slow.count()));
    bool held = false;
    const std::string answer =
        answer_of(std::string(bytes.data() + 2, static_cast<std::size_t>(count) - 2), script, held);
    std::string sized;
    put16(sized, static_cast<int>(answer.size()));
    write_all(fd, sized + answer);
    swallow(fd);
  };
}

}  // namespace sonde::test
