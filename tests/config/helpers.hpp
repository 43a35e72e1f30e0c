#pragma once
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "config/load.hpp"
#include "config/mistake.hpp"

namespace sonde::config {

// A folder of its own for each test, removed at its end.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sonde-config-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  std::string write(const std::string& name, std::string_view content) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << content;
    std::filesystem::permissions(path_ / name, std::filesystem::perms(0600));  // may be a secret
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

// Every mistake and warning, a line each.
inline std::string lines(const Mistakes& mistakes) {
  std::string all;
  for (const auto& mistake : mistakes.sorted()) all += show(mistake) + "\n";
  return all;
}

// What parse tells about `yaml`, called s.yaml; empty if it is good.
inline std::string told(std::string_view yaml) {
  Mistakes mistakes;
  const bool good = parse(yaml, "s.yaml", mistakes).has_value();
  EXPECT_TRUE(good || mistakes.any()) << "refused without a word";
  return lines(mistakes);
}

// The value of the key `v` in `yaml`, which has to be good.
inline Value value_of(std::string_view yaml) {
  Mistakes mistakes;
  const auto root = parse(yaml, "s.yaml", mistakes);
  EXPECT_EQ(lines(mistakes), "");
  const Value* value = root ? root->find("v") : nullptr;
  EXPECT_NE(value, nullptr);
  return value ? *value : Value{};
}

}  // namespace sonde::config
