#include "probes/plan_fingerprint.hpp"

#include "config/schema.hpp"
#include "probes/auth/signature.hpp"
#include "probes/text/digest.hpp"

namespace sonde {
namespace {

using config::Value;

// The text of a named entry of a section.
std::string part(const Value& root, std::string_view section, const std::string& name) {
  const Value* all = root.find(section);
  const Value* one = all != nullptr && !name.empty() ? all->find(name) : nullptr;
  return one != nullptr ? config::to_json(*one, false) : "";
}

// The dialect of the file that a probe speaks, and those that it extends.
std::string dialect_parts(const Value& root, const Value& probe) {
  std::string all;
  const Value* own = root.find("dialects");
  const Value* name = probe.find("dialect");
  // What extends itself was told before; no chain is longer than the file has dialects.
  for (std::size_t left = own != nullptr ? own->entries.size() : 0; name != nullptr && left > 0;
       --left) {
    const Value* dialect = own->find(name->text);
    all += part(root, "dialects", name->text);
    name = dialect != nullptr ? dialect->find("extends") : nullptr;
  }
  return all;
}

std::string location(const Value& root) {
  const Value* written = root.find("location");
  return written != nullptr ? written->text : "";
}

}  // namespace

auth::Account account_of(const Value& root, const Whom& whom, const std::string& target) {
  const std::string& login = whom.login.name;
  const std::string& identity = whom.as.name;
  return {.target = target,
          .login = login,
          .identity = identity,
          .version = text::hex(auth::sha256(part(root, "targets", target) +
                                            part(root, "identities", identity) +
                                            part(root, "logins", login) + location(root)))
                         .substr(0, 16)};
}

std::string fingerprint(const Value& root, const Value& probe, const Draft& draft,
                        const std::string& target) {
  const Value* socket = probe.find("socket");
  const Value* defaults = root.find("defaults");
  std::string others;
  for (const Whom& whom : draft.others)
    others += part(root, "identities", whom.as.name) + part(root, "logins", whom.login.name);
  return text::sha256(
      config::to_json(probe, false) + part(root, "targets", target) + others +
      part(root, "identities", draft.common.as) + part(root, "logins", draft.common.login) +
      part(root, "sockets", socket != nullptr ? socket->text : "") + dialect_parts(root, probe) +
      location(root) + (defaults != nullptr ? config::to_json(*defaults, false) : ""));
}

}  // namespace sonde
