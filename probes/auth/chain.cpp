#include "probes/auth/chain.hpp"

#include <utility>

namespace sonde::auth {
namespace {

std::unexpected<Failure> own_file(const std::string& why) {
  return std::unexpected(Failure{Reason::own_secret, "state_file " + why});
}

}  // namespace

std::expected<void, Failure> Chain::load(const std::string& path, const config::Secret& first) {
  if (!refresh.empty()) return {};
  if (!path.empty()) {
    if (!file) {
      auto opened = StateFile::open(path);
      if (!opened) return own_file(opened.error());
      file = std::move(*opened);
    }
    auto kept = file->read();
    if (!kept) return own_file(kept.error());
    refresh = std::move(*kept);
  }
  if (!refresh.empty() || first.empty()) return {};
  auto configured = first.reveal();
  if (!configured) return std::unexpected(Failure{Reason::own_secret, configured.error()});
  refresh = std::move(*configured);
  return {};
}

std::expected<void, Failure> Chain::keep(const std::string& token) {
  refresh = token;
  if (!file) return {};
  auto written = file->write(token);
  if (!written) return own_file(written.error());
  return {};
}

void Chain::rest() {
  if (!std::exchange(given_up, false) || !file) return;
  file.reset();
  refresh.clear();
}

}  // namespace sonde::auth
