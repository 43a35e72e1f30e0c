#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "config/mistake.hpp"

namespace sonde::config {

// The current position in the configuration, and where its mistakes are collected. Cheap to copy.
class Reader {
 public:
  explicit Reader(Mistakes& mistakes, std::string path = "")
      : mistakes_(&mistakes), path_(std::move(path)) {}

  // The reader of a key or a list item below this one: "probes" -> "probes.chat". Long names are
  // cut.
  Reader at(std::string_view key) const;
  Reader at(std::size_t index) const;  // "targets[2]"

  void wrong(const Place& place, std::string text) const {
    mistakes_->add(place, path_, std::move(text));
  }
  void warn(const Place& place, std::string text) const {
    mistakes_->warn(place, path_, std::move(text));
  }
  const std::string& path() const { return path_; }

  // A reader of one layer of several: it does not report missing keys, because another layer may
  // have them.
  Reader of_layer() const {
    Reader layer = *this;
    layer.layer_ = true;
    return layer;
  }
  bool is_layer() const { return layer_; }
  Mistakes& mistakes() const { return *mistakes_; }

 private:
  Mistakes* mistakes_;
  std::string path_;
  bool layer_ = false;
};

}  // namespace sonde::config
