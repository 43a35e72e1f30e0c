#include "probes/text/libxml.hpp"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace sonde::text {
namespace {

[[noreturn]] void give_up() {
  throw std::runtime_error("cannot load libxml2: " + std::string(::dlerror()));
}

// By the name of the ABI that the header is of.
void* library() {
  void* loaded = ::dlopen("libxml2.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!loaded) give_up();
  return loaded;
}

template <class Function>
void find(void* library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(::dlsym(library, name));
  if (!function) give_up();
}

Libxml load() {
  void* const from = library();
  Libxml found{};
  find(from, "htmlNewParserCtxt", found.new_parser);
  find(from, "htmlFreeParserCtxt", found.free_parser);
  find(from, "htmlCtxtReadMemory", found.read);
  find(from, "xmlFreeDoc", found.free_tree);
  find(from, "xmlStopParser", found.stop);
  return found;
}

}  // namespace

const Libxml& libxml() {
  static const Libxml loaded = load();
  return loaded;
}

}  // namespace sonde::text
