#include "daemon/schedule/agenda.hpp"  // BAD: sideways
#include <prometheus/counter.h>  // BAD: owner
#include "daemon/core/result.hpp"
