#pragma once
#include <cstdint>
#include <string>

namespace sonde::test {

// A socket of `type` (SOCK_STREAM, SOCK_DGRAM) bound to a loopback address; aborts if that fails.
int bound_socket(const std::string& address, int type, std::uint16_t port = 0);
std::uint16_t port_of(int fd);
// Starts to connect without waiting; returns the non-blocking socket.
int begin_connect(const std::string& address, std::uint16_t port);

}  // namespace sonde::test
