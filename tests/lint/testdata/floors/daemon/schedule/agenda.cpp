#include "daemon/flags.hpp"  // BAD: up
#include "deploy/demo/hub.hpp"  // BAD: demo
#include "tests/support/x.hpp"  // BAD: no room
