#pragma once
#include <cstdint>
#include <string>

namespace sonde::test {

// A socket of `type` (SOCK_STREAM, SOCK_DGRAM) bound to a loopback address; aborts if there is
// none.
int bound_socket(const std::string& address, int type, std::uint16_t port = 0);
std::uint16_t port_of(int fd);
// Begins to connect without waiting; gives the non-blocking socket.
int begin_connect(const std::string& address, std::uint16_t port);

}  // namespace sonde::test
