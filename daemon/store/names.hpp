#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "daemon/store/database.hpp"

namespace sonde::store {

// Ids for recurring texts in the file.
class Names {
 public:
  explicit Names(Database& database) : database_(database) {}

  // creates a new id if needed; call it inside a transaction
  std::int64_t id(std::string_view name);
  // Call after a rolled-back transaction: the ids that it created do not exist.
  void forget() { known_.clear(); }

 private:
  Database& database_;
  std::map<std::string, std::int64_t, std::less<>> known_;
};

// All names by id.
std::map<std::int64_t, std::string> names_in(Database& database);

}  // namespace sonde::store
