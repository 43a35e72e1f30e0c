#pragma once
#include "deploy/demo/faults.hpp"

namespace sonde::demo {

// GET /faults; PUT /faults/NAME?share=2/5&value=... or with these as a JSON object;
// DELETE /faults/NAME; DELETE /faults.
Reply change_faults(Faults& faults, const Request& request);

}  // namespace sonde::demo
