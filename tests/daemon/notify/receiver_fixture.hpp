#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "config/load.hpp"
#include "daemon/notify/receivers.hpp"
#include "probes/text/json.hpp"
#include "tests/daemon/core/made_alert.hpp"

namespace sonde::test {

// The entries of `receivers:`, as YAML; mistakes are left in `mistakes`.
struct Receivers {
  explicit Receivers(const std::string& yaml) {
    const auto root = config::parse(yaml, "test.yaml", mistakes);
    if (root)
      config::Codec<notify::ReceiverEntries>::read(*root, config::Reader(mistakes, "receivers"), {},
                                                   entries);
  }
  const notify::ReceiverEntry& only() const { return entries.all.at(0); }
  std::shared_ptr<const notify::Receiver> place(std::size_t index = 0) const {
    return only().places.at(index);
  }
  std::string notified() const {
    std::string all;
    for (const auto& mistake : mistakes.sorted()) all += config::show(mistake) + "\n";
    return all;
  }

  config::Mistakes mistakes;
  notify::ReceiverEntries entries;
};

// A secret in a file of its own.
class SecretFile {
 public:
  explicit SecretFile(const std::string& secret) {
    static int count = 0;
    path_ = testing::TempDir() + "sonde_secret_" + std::to_string(getpid()) + "_" +
            std::to_string(++count);
    replace(secret);
  }
  void replace(const std::string& secret) const {
    std::ofstream(path_) << secret << "\n";
    std::filesystem::permissions(path_, std::filesystem::perms(0600));
  }
  ~SecretFile() { std::remove(path_.c_str()); }
  SecretFile(const SecretFile&) = delete;
  SecretFile& operator=(const SecretFile&) = delete;
  std::string yaml() const { return "{ file: " + path_ + " }"; }

 private:
  std::string path_;
};

inline notify::Message message_of(std::vector<Alert> alerts,
                                  Labels group = {{"target", "staging"}}) {
  return {.receiver = "team",
          .group = std::move(group),
          .alerts = std::move(alerts),
          .now = at(60),
          .external_url = "http://sonde.example.com"};
}

// The body that a receiver would post, parsed.
inline text::Document body_of(const notify::Receiver& receiver, const notify::Message& message) {
  auto prepared = receiver.request(message);
  if (!prepared) throw std::runtime_error(prepared.error());
  auto parsed = text::Document::parse(prepared->request.body);
  if (!parsed) throw std::runtime_error(parsed.error() + ": " + prepared->request.body);
  return std::move(*parsed);
}

inline net::Response response(int status, std::string body = "", Headers headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

}  // namespace sonde::test
