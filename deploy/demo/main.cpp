#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>
#include <exception>
#include <span>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <systemd/sd-daemon.h>

#include "deploy/demo/backend.hpp"
#include "deploy/demo/server.hpp"

namespace asio = boost::asio;
namespace demo = sonde::demo;

namespace {

int complain(std::string_view why, int code) {
  fmt::print(stderr, "sonde-demo: {}\n", why);
  return code;
}

// Ten thousand sessions need as many descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int serve(demo::Options options, demo::Users users) {
  demo::Backend backend(std::move(options), std::move(users));
  asio::io_context loop(1);
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&loop](boost::system::error_code, int) { loop.stop(); });
  demo::Server server(loop.get_executor(), backend);
  server.start();
  fmt::print("sonde-demo listening on {}\n", server.url());
  std::fflush(stdout);
  sd_notify(1, "READY=1");  // what the package starts next finds the port open
  loop.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  auto options = demo::parse_options(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
  if (!options) return complain(options.error(), 64);
  if (options->help) {
    std::fputs(demo::usage, stdout);
    return 0;
  }
  raise_descriptor_limit();
  std::expected<demo::Users, std::string> users;
  if (!options->users.empty()) users = demo::Users::from_file(options->users);
  if (!users) return complain(users.error(), 1);
  return serve(std::move(*options), std::move(*users));
} catch (const std::exception& error) {
  return complain(error.what(), 1);
}
