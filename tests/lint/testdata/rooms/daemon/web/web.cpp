#include <prometheus/counter.h>  // BAD: owner

#include "daemon/core/result.hpp"
#include "daemon/schedule/schedule.hpp"  // BAD: sideways
