#include "daemon/app/flags.hpp"  // BAD: up
#include "deploy/demo/hub.hpp"  // BAD: demo
#include "tests/support/x.hpp"  // BAD: no room
