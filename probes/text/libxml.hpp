#pragma once
#include <libxml/HTMLparser.h>

namespace sonde::text {

// The functions of libxml2, which is loaded when it is first asked for, and stays: with ICU, which
// it needs, it takes 1 MB, and few configurations read a page. Aborts where it is not installed:
// the packages depend on it. Thread-safe.
struct Libxml {
  decltype(&htmlNewParserCtxt) new_parser;
  decltype(&htmlFreeParserCtxt) free_parser;
  decltype(&htmlCtxtReadMemory) read;
  decltype(&xmlFreeDoc) free_tree;
  decltype(&xmlStopParser) stop;
};
const Libxml& libxml();

}  // namespace sonde::text
