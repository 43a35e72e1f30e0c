#include "probes/net/http/late.hpp"  // BAD: a later part
#include "probes/net/inner.hpp"
