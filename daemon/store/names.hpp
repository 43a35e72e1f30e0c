#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "daemon/store/database.hpp"

namespace sonde::store {

// The numbers under which the file keeps the texts that come again and again.
class Names {
 public:
  explicit Names(Database& database) : database_(database) {}

  std::int64_t id(std::string_view name);  // made if it is new; inside a transaction
  // After a transaction that was rolled back: the numbers that it made are no more.
  void forget() { known_.clear(); }

 private:
  Database& database_;
  std::map<std::string, std::int64_t, std::less<>> known_;
};

// All of them, by number.
std::map<std::int64_t, std::string> names_in(Database& database);

}  // namespace sonde::store
