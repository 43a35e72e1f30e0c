#include "config/reader.hpp"

namespace sonde::config {

Reader Reader::at(std::string_view key) const {
  std::string name = quote(key);
  const bool whole = name.size() == key.size() + 2;
  Reader below = *this;
  below.path_ += (path_.empty() ? "" : ".") + (whole ? name.substr(1, key.size()) : name);
  return below;
}

Reader Reader::at(std::size_t index) const {
  Reader below = *this;
  below.path_ += "[" + std::to_string(index) + "]";
  return below;
}

}  // namespace sonde::config
