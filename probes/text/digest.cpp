#include "probes/text/digest.hpp"

#include <openssl/evp.h>

#include <cstdlib>

#include "probes/text/template.hpp"

namespace sonde::text {

std::string sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  // Fails only without memory, or if the library has lost its algorithms.
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) != 1)
    std::abort();
  return hex({reinterpret_cast<const char*>(digest), size});
}

}  // namespace sonde::text
