#include "daemon/access/hidden.hpp"

#include <openssl/crypto.h>

namespace sonde::access {

Hidden::~Hidden() { OPENSSL_cleanse(text_.data(), text_.size()); }

}  // namespace sonde::access
