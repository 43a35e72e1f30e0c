#include <prometheus/counter.h>
