#pragma once
#include "probes/dialect/dialect.hpp"

namespace sonde::dialect {

// The names in what a session sends, with those that its variables are made of.
struct SentNeeds {
  text::Needs session;   // from the upgrade until it is ready, and in every frame
  text::Needs requests;  // in the HTTP requests of a conversation
};
SentNeeds sent_needs(const Dialect& dialect);

}  // namespace sonde::dialect
