#include "probes/core/probe.hpp"  // BAD: up
