#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/codec.hpp"

namespace sonde::config {

// A row of the table of keys.
struct KeyRow {
  std::string path;
  std::string type;
  std::string fallback;  // the default, as it would be written
  std::string help;
};

// The keys that a YAML mapping may have, declared once beside the code that uses them. The same
// declaration reads the mapping, finds unknown keys, and makes the JSON Schema and the table of
// keys. Defaults are those of a default-constructed T. Make one for each T as a function-local
// static:
//
//   const config::Section<Proxy>& section_of(const Proxy*) {
//     static const auto keys = config::Section<Proxy>()
//         .key("url", &Proxy::url, "An HTTP proxy, http://host:port.")
//         .key("timeout", &Proxy::timeout, "Time limit for a connection.");
//     return keys;
//   }
//
// A T with `section_of` can be used as a value itself, so sections nest, also in lists and
// mappings.
template <class T>
class Section {
 public:
  template <class M>
  Section&& key(std::string_view name, M T::* member, std::string_view help, Rule rule = {}) &&;

  // Lets `~` remove an inherited value of the keys declared so far: the member gets its default.
  // Required keys cannot be removed.
  Section&& removable() &&;

  // Adds the keys of a member of T at this level.
  template <class M>
  Section&& also(M T::* member, const Section<M>& part) &&;

  // Reads the keys in `map` into `out` and leaves the other members unchanged, so layers can be
  // read one over the other. Reports unknown keys, wrong types and exceeded bounds. A missing
  // required key is reported only if `complete`, here and in nested sections, and then it has to be
  // in this layer.
  bool read(const Value& map, const Reader& reader, T& out, bool complete = true) const;

  // Reads only the keys of this section in `map`; the caller handles the others.
  bool read_known(const Value& map, const Reader& reader, T& out) const;

  std::vector<std::string_view> names() const;
  Value schema() const;  // {"type": "object", "properties": ..., "additionalProperties": false}
  std::vector<KeyRow> table(const std::string& prefix, const T& defaults = T{}) const;

 private:
  template <class>
  friend class Section;
  struct Key {
    std::string_view name;
    std::string_view help;
    Rule rule;
    std::function<bool(const Value&, const Reader&, T&)> read;
    std::function<Value()> schema;
    std::function<std::string(const T&)> show;
    std::function<std::vector<KeyRow>(const std::string&, const T&)> table;  // of a nested T
    std::function<void(T&)> reset;
    bool removable = false;
  };
  const Key* find(std::string_view name) const;
  std::vector<Key> keys_;
};

template <class T>
concept HasSection = requires(const T* t) {
  { section_of(t) } -> std::same_as<const Section<T>&>;
};

// The keys of T.
template <HasSection T>
const Section<T>& section() {
  return section_of(static_cast<const T*>(nullptr));
}

template <HasSection T>
struct Codec<T> {
  static bool read(const Value& v, const Reader& r, const Rule&, T& out) {
    return section<T>().read(v, r, out);
  }
  static Value schema(const Rule&) { return section<T>().schema(); }
  static std::string show(const T&) { return ""; }
};

// The rows below a key: of a section, an optional one, or each one in a list or under free names.
template <class M>
struct Rows {};
template <HasSection M>
struct Rows<M> {
  static std::vector<KeyRow> below(const std::string& prefix, const M& defaults) {
    return section<M>().table(prefix, defaults);
  }
};
template <HasSection M>
struct Rows<std::optional<M>> {
  static std::vector<KeyRow> below(const std::string& prefix, const std::optional<M>& defaults) {
    return Rows<M>::below(prefix, defaults.value_or(M{}));
  }
};
template <HasSection M>
struct Rows<std::vector<M>> {
  static std::vector<KeyRow> below(const std::string& prefix, const std::vector<M>&) {
    return Rows<M>::below(prefix + "[]", M{});
  }
};
template <HasSection M>
struct Rows<std::map<std::string, M>> {
  static std::vector<KeyRow> below(const std::string& prefix, const std::map<std::string, M>&) {
    return Rows<M>::below(prefix + ".NAME", M{});
  }
};

// The parts that do not depend on T.
void tell_unknown(const Value::Entry&, const Reader&, const std::vector<std::string_view>& names);
void tell_missing(const Value& map, const Reader&, std::string_view name, std::string_view help);
Value with_help(Value schema, std::string_view help, std::string_view fallback);
std::string type_of(const Value& schema);  // "duration", "text", "list of text", ...
// The rows of the keys below a key whose type has no Rows, so that none is missing. A type with a
// title, such as a secret, is explained once and not wherever it is used.
std::vector<KeyRow> rows_below(const Value& schema, const std::string& path);

template <class T>
template <class M>
Section<T>&& Section<T>::key(std::string_view name, M T::* member, std::string_view help,
                             Rule rule) && {
  Key key{.name = name,
          .help = help,
          .rule = rule,
          .read = {},
          .schema = {},
          .show = {},
          .table = {},
          .reset = {}};
  key.reset = [member](T& out) {
    T fresh{};
    out.*member = std::move(fresh.*member);
  };
  key.read = [member, rule](const Value& v, const Reader& r, T& out) {
    return Codec<M>::read(v, r, rule, out.*member);
  };
  key.schema = [rule] { return Codec<M>::schema(rule); };
  key.show = [member](const T& t) { return Codec<M>::show(t.*member); };
  if constexpr (requires { &Rows<M>::below; }) {
    key.table = [member](const std::string& prefix, const T& t) {
      return Rows<M>::below(prefix, t.*member);
    };
  }
  keys_.push_back(std::move(key));
  return std::move(*this);
}

template <class T>
template <class M>
Section<T>&& Section<T>::also(M T::* member, const Section<M>& part) && {
  for (const auto& theirs : part.keys_) {
    Key key{.name = theirs.name,
            .help = theirs.help,
            .rule = theirs.rule,
            .read = {},
            .schema = theirs.schema,
            .show = {},
            .table = {},
            .reset = {},
            .removable = theirs.removable};
    key.reset = [member, reset = theirs.reset](T& out) { reset(out.*member); };
    key.read = [member, read = theirs.read](const Value& v, const Reader& r, T& out) {
      return read(v, r, out.*member);
    };
    key.show = [member, show = theirs.show](const T& t) { return show(t.*member); };
    if (theirs.table) {
      key.table = [member, table = theirs.table](const std::string& prefix, const T& t) {
        return table(prefix, t.*member);
      };
    }
    keys_.push_back(std::move(key));
  }
  return std::move(*this);
}

template <class T>
Section<T>&& Section<T>::removable() && {
  for (Key& key : keys_) key.removable = !key.rule.required;
  return std::move(*this);
}

template <class T>
const typename Section<T>::Key* Section<T>::find(std::string_view name) const {
  for (const auto& key : keys_)
    if (key.name == name) return &key;
  return nullptr;
}

template <class T>
std::vector<std::string_view> Section<T>::names() const {
  std::vector<std::string_view> all;
  all.reserve(keys_.size());
  for (const auto& key : keys_) all.push_back(key.name);
  return all;
}

template <class T>
bool Section<T>::read(const Value& map, const Reader& reader, T& out, bool complete) const {
  if (!expect(map, reader, Value::Kind::map)) return false;
  const Reader here = complete ? reader : reader.of_layer();
  bool good = read_known(map, here, out);
  for (const auto& entry : map.entries) {
    if (find(entry.name)) continue;
    tell_unknown(entry, reader, names());
    good = false;
  }
  for (const auto& key : keys_) {
    if (here.is_layer() || !key.rule.required || map.find(key.name)) continue;
    tell_missing(map, reader, key.name, key.help);
    good = false;
  }
  return good;
}

template <class T>
bool Section<T>::read_known(const Value& map, const Reader& reader, T& out) const {
  bool good = true;
  for (const auto& entry : map.entries) {
    const Key* key = find(entry.name);
    if (key != nullptr && key->removable && entry.value.takes_away())
      key->reset(out);
    else if (key != nullptr)
      good &= key->read(entry.value, reader.at(entry.name), out);
  }
  return good;
}

template <class T>
Value Section<T>::schema() const {
  const T defaults{};
  std::vector<std::pair<std::string, Value>> properties;
  std::vector<std::string> required;
  for (const auto& key : keys_) {
    Value schema = key.removable ? or_nothing(key.schema()) : key.schema();
    properties.emplace_back(key.name, with_help(std::move(schema), key.help, key.show(defaults)));
    if (key.rule.required) required.emplace_back(key.name);
  }
  return schema_object(std::move(properties), required);
}

template <class T>
std::vector<KeyRow> Section<T>::table(const std::string& prefix, const T& defaults) const {
  std::vector<KeyRow> rows;
  for (const auto& key : keys_) {
    const std::string path =
        prefix.empty() ? std::string(key.name) : prefix + "." + std::string(key.name);
    rows.push_back({path, type_of(key.schema()), key.show(defaults), std::string(key.help)});
    auto below = key.table ? key.table(path, defaults) : rows_below(key.schema(), path);
    rows.insert(rows.end(), below.begin(), below.end());
  }
  return rows;
}

}  // namespace sonde::config
