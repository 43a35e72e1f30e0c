#include "probes/probe.hpp"  // BAD: up
