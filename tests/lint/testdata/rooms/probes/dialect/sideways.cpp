#include "config/up.hpp"
#include "probes/net/inner.hpp"  // BAD: heavy between rooms
#include "probes/auth/token.hpp"  // BAD: sideways
#include <yaml-cpp/yaml.h>  // BAD: owner
