#include "probes/session/same_user.hpp"

namespace sonde::session {

std::span<const config::Named<SameUser>> names_of(const SameUser*) {
  static constexpr config::Named<SameUser> names[] = {{"allow", SameUser::allow},
                                                      {"forbid", SameUser::forbid}};
  return names;
}

}  // namespace sonde::session
