#include "probes/net/tcp/early.hpp"
