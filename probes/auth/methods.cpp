#include <algorithm>

#include "probes/auth/client_credentials.hpp"
#include "probes/auth/json_login.hpp"
#include "probes/auth/login.hpp"
#include "probes/auth/oauth2_password.hpp"
#include "probes/auth/static_token.hpp"

namespace sonde::auth {
namespace {

using config::Reader;
using config::Value;

// What a method's row is made of: its settings, which have a section and make its Login.
template <class M>
std::shared_ptr<const Login> read_method(const Value& value, const Reader& reader) {
  typename M::Settings settings;
  const auto& keys = section_of(static_cast<const typename M::Settings*>(nullptr));
  if (!keys.read(value, reader, settings)) return nullptr;
  return std::make_shared<M>(std::move(settings));
}

template <class M>
Value schema_of() {
  return section_of(static_cast<const typename M::Settings*>(nullptr)).schema();
}

template <class M>
std::vector<config::KeyRow> table_of(const std::string& prefix) {
  return section_of(static_cast<const typename M::Settings*>(nullptr)).table(prefix);
}

template <class M>
Method method(std::string_view name, std::string_view help) {
  return {name, help, read_method<M>, schema_of<M>, table_of<M>};
}

const Method table[] = {
    method<JsonLogin>("json", "POST a JSON body, take the token from the JSON answer."),
    method<Oauth2Password>("oauth2_password",
                           "The OAuth 2 password grant as a form (RFC 6749 4.3)."),
    method<ClientCredentials>("client_credentials",
                              "The OAuth 2 client credentials grant (RFC 6749 4.4)."),
    method<StaticToken>("token", "A token that is always the same, from a secret."),
};

std::vector<std::string_view> method_names() {
  std::vector<std::string_view> names;
  names.reserve(std::size(table));
  for (const auto& row : table) names.push_back(row.name);
  return names;
}

// `method` belongs to the table, everything else to the row.
Value without_method(const Value& value) {
  Value rest = value;
  std::erase_if(rest.entries, [](const Value::Entry& entry) { return entry.name == "method"; });
  return rest;
}

}  // namespace

std::span<const Method> methods() { return table; }

}  // namespace sonde::auth

namespace sonde::config {

using LoginPtr = std::shared_ptr<const auth::Login>;

bool Codec<LoginPtr>::read(const Value& value, const Reader& reader, const Rule&, LoginPtr& out) {
  if (!expect(value, reader, Value::Kind::map)) return false;
  std::size_t row = 0;
  if (const Value* method = value.find("method")) {
    const auto named = read_name(*method, reader.at("method"), auth::method_names());
    if (!named) return false;
    row = *named;
  }
  out = auth::methods()[row].read(auth::without_method(value), reader);
  return out != nullptr;
}

Value Codec<LoginPtr>::schema(const Rule&) {
  std::vector<Value> choices;
  for (const auto& row : auth::methods()) {
    Value keys = row.schema();
    for (auto& entry : keys.entries)
      if (entry.name == "properties")
        entry.value.entries.push_back({"method", {}, schema_names({row.name})});
    choices.push_back(std::move(keys));
  }
  return schema_any_of(std::move(choices));
}

}  // namespace sonde::config
