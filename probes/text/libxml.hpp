#pragma once
#include <libxml/HTMLparser.h>

namespace sonde::text {

// The functions of libxml2, which is loaded when it is first asked for, and stays: with ICU, which
// it needs, it takes 1 MB, and few configurations read a page. Where it is not installed, which the
// packages see to, this throws, and the run that asked is inconclusive (own_fault). Thread-safe.
struct Libxml {
  decltype(&htmlNewParserCtxt) new_parser;
  decltype(&htmlFreeParserCtxt) free_parser;
  decltype(&htmlCtxtReadMemory) read;
  decltype(&xmlFreeDoc) free_tree;
  decltype(&xmlStopParser) stop;
};
const Libxml& libxml();

}  // namespace sonde::text
