#include "tests/support/tcp_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/loopback.hpp"

namespace sonde::test {

namespace {

void serve_one(const std::stop_token& stop, const TcpServer::Script& script, int fd) {
  {
    const std::stop_callback end(stop, [fd] { ::shutdown(fd, SHUT_RDWR); });
    script(fd);
  }
  ::close(fd);
}

}  // namespace

TcpServer::TcpServer(Script script, const std::string& address, std::uint16_t port)
    : script_(std::move(script)), listener_(bound_socket(address, SOCK_STREAM, port)) {
  ::listen(listener_, 128);
  port_ = port_of(listener_);
  accepting_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
}

TcpServer::~TcpServer() {
  accepting_.request_stop();
  accepting_.join();
  serving_.clear();
  ::close(listener_);
}

void TcpServer::accept_all(const std::stop_token& stop) {
  const std::stop_callback end(stop, [fd = listener_] { ::shutdown(fd, SHUT_RDWR); });
  for (;;) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    ++count_;
    serving_.emplace_back(serve_one, script_, fd);
  }
}

void echo(int fd) {
  char bytes[4096];
  for (ssize_t count = 0; (count = ::recv(fd, bytes, sizeof bytes, 0)) > 0;)
    write_all(fd, std::string(bytes, static_cast<std::size_t>(count)));
}

void swallow(int fd) {
  char bytes[4096];
  while (::recv(fd, bytes, sizeof bytes, 0) > 0) continue;
}

void reset(int fd) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

TcpServer::Script say(std::string bytes) {
  return [bytes = std::move(bytes)](int fd) {
    write_all(fd, bytes);
    ::shutdown(fd, SHUT_WR);
    swallow(fd);
  };
}

namespace {

// Relays what was received; false when nothing more will come.
bool carry(int from, int to) {
  char bytes[4096];
  const auto count = ::recv(from, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  write_all(to, std::string(bytes, static_cast<std::size_t>(count)));
  return true;
}

}  // namespace

void relay(int fd, std::uint16_t port) {
  read_until(fd, "\r\n\r\n");
  write_all(fd, "HTTP/1.1 200 OK\r\n\r\n");
  const int other = begin_connect("127.0.0.1", port);
  pollfd both[] = {{fd, POLLIN, 0}, {other, POLLOUT, 0}};
  ::poll(&both[1], 1, -1);
  ::fcntl(other, F_SETFL, 0);
  both[1].events = POLLIN;
  for (bool open = true; open && ::poll(both, 2, -1) > 0;) {
    if (both[0].revents != 0) open = carry(fd, other);
    if (open && both[1].revents != 0) open = carry(other, fd);
  }
  ::close(other);
}

std::string read_until(int fd, const std::string& end) {
  std::string all;
  char byte = 0;
  while (!all.ends_with(end) && ::recv(fd, &byte, 1, 0) == 1) all += byte;
  return all;
}

void write_all(int fd, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto count = ::send(fd, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (count <= 0) return;
    done += static_cast<std::size_t>(count);
  }
}

std::uint16_t refused_port() {
  const int fd = bound_socket("127.0.0.1", SOCK_STREAM);
  const auto port = port_of(fd);
  ::close(fd);
  return port;
}

BlackHole::BlackHole(const std::string& address) {
  sockets_.push_back(bound_socket(address, SOCK_STREAM));
  ::listen(sockets_.front(), 0);
  port_ = port_of(sockets_.front());
  for (int i = 0; i < 4; ++i) sockets_.push_back(begin_connect(address, port_));
}

BlackHole::~BlackHole() {
  for (const int fd : sockets_) ::close(fd);
}

}  // namespace sonde::test
