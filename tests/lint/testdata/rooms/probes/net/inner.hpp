#include "probes/net/heavy.hpp"
