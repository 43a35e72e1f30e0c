#include "probes/net/tls/tls_authorities.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <ranges>
#include <string_view>

namespace sonde::net {
namespace {

std::string place(const char* variable, const char* otherwise) {
  const char* set = std::getenv(variable);
  return set != nullptr ? set : otherwise;
}

bool holds_files(std::string_view folder) {
  std::error_code none;
  return std::filesystem::directory_iterator(folder, none) != std::filesystem::directory_iterator();
}

// OpenSSL reads the folders only when it verifies a certificate.
bool any_folder(const std::string& list) {
  return std::ranges::any_of(std::views::split(list, ':'), [](const auto& folder) {
    return holds_files(std::string_view(folder.begin(), folder.end()));
  });
}

}  // namespace

std::expected<x509_store_st*, std::string> system_authorities() {
  std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(), X509_STORE_free);
  X509_STORE_set_default_paths(store.get());
  ERR_clear_error();  // missing files are reported below
  const std::string folders = place(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
  if (sk_X509_OBJECT_num(X509_STORE_get0_objects(store.get())) > 0 || any_folder(folders))
    return store.release();
  return std::unexpected("this machine knows no certificate authority, neither in " +
                         place(X509_get_default_cert_file_env(), X509_get_default_cert_file()) +
                         " nor in " + folders + ": install ca-certificates, or name one by tls.ca");
}

}  // namespace sonde::net
