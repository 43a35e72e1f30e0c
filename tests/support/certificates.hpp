#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace sonde::test {

// The content of a certificate; days are relative to now.
struct Certified {
  std::string name = "good.test";
  std::vector<std::string> alternatives = {"DNS:good.test", "IP:127.0.0.1", "IP:::1"};
  int from_days = -1;
  int to_days = 30;
};

// A certificate and its key, as PEM files.
struct Identity {
  std::string cert;
  std::string key;
};

// A certificate authority for one test; its files are deleted with it.
class Authority {
 public:
  Authority();
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  const std::string& file() const { return file_; }  // PEM, to be trusted
  Identity issue(const Certified& what);
  Identity self_signed(const Certified& what);
  // A PEM file with any text.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  Identity save(x509_st* certificate, evp_pkey_st* key);
  std::filesystem::path folder_;
  std::string file_;
  evp_pkey_st* key_ = nullptr;
  x509_st* certificate_ = nullptr;
  int count_ = 0;
};

}  // namespace sonde::test
