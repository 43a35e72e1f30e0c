#pragma once
#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "probes/text/ascii.hpp"
#include "probes/text/match.hpp"
#include "probes/text/template.hpp"
#include "probes/text/tree.hpp"

namespace sonde::text {

// The names that templates need, and where each is used, so that a configuration can be checked
// before anything runs.
struct Needs {
  struct One {
    std::string name;
    config::Place place;
  };
  std::vector<One> all;
  std::vector<Template> urls;         // templates that have to yield a URL
  std::vector<Template> socket_urls;  // templates that have to yield a ws:// or wss:// URL
  std::vector<std::pair<std::string, Template>> headers;  // of requests, by their names
  std::vector<Template> subprotocols;  // templates that have to yield an HTTP token
  bool basic_token = false;            // the token is sent as "Basic {{token}}": it is a password

  void add(const Template& text) {
    basic_token |= is_basic_token(text.text());
    for (auto& name : text.names()) all.push_back({std::move(name), text.place()});
  }
  void add_url(const Template& url) {
    add(url);
    if (!url.empty()) urls.push_back(url);
  }
  void add_socket_url(const Template& url) {
    add(url);
    if (!url.empty()) socket_urls.push_back(url);
  }
  void add_headers(const std::map<std::string, Template>& map) {
    for (const auto& [name, value] : map) {
      add(value);
      headers.emplace_back(name, value);
    }
  }
  void add_subprotocol(const Template& offered) {
    add(offered);
    subprotocols.push_back(offered);
  }
  void add(const Tree& tree) {
    for (auto& name : tree.names()) all.push_back({std::move(name), tree.place()});
  }
  void add(const Comparisons& comparisons) {
    for (const auto& [pointer, comparison] : comparisons)
      if (comparison.equals) add(*comparison.equals);
  }
  // All of `more` but the names for which `is_supplied` holds.
  template <class Predicate>
  void add_but(Needs more, Predicate is_supplied) {
    std::erase_if(more.all, [&](const One& need) { return is_supplied(need.name); });
    add(std::move(more));
  }
  void add(Needs more) {
    std::ranges::move(more.all, std::back_inserter(all));
    std::ranges::move(more.urls, std::back_inserter(urls));
    std::ranges::move(more.socket_urls, std::back_inserter(socket_urls));
    std::ranges::move(more.headers, std::back_inserter(headers));
    std::ranges::move(more.subprotocols, std::back_inserter(subprotocols));
    basic_token |= more.basic_token;
  }
  template <class Map>
  void add_values(const Map& map) {
    for (const auto& [name, value] : map) add(value);
  }

 private:
  static bool is_basic_token(std::string_view text) {
    std::string plain = lowered(text);
    std::erase(plain, ' ');
    return plain.find("basic{{token}}") != std::string::npos;
  }
};

}  // namespace sonde::text
