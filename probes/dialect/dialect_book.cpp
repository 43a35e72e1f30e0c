#include "probes/dialect/dialect_book.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "config/load.hpp"
#include "probes/dialect/dialect_files.hpp"

namespace sonde::dialect {
namespace {

using config::Reader;
using config::Value;

// A dialect as written in the file.
struct Written {
  std::string extends;
  Dialect dialect;
};

// Reads it over the dialect that it extends.
const config::Section<Written>& section_of(const Written*) {
  static const auto keys =
      config::Section<Written>()
          .key("extends", &Written::extends,
               "The dialect whose keys apply where this one has none.", {.filled = true})
          .also(&Written::dialect, config::section<Dialect>());
  return keys;
}

constexpr std::string_view usual_name = "agent-events";

std::shared_ptr<const Dialect> read_built_in(const config::EmbeddedFile& file,
                                             config::Mistakes& mistakes) {
  auto dialect = std::make_shared<Dialect>();
  dialect->name = file.name;
  const auto name = std::string(file.name) + ".yaml";
  const auto value = config::parse(file.text, name, mistakes);
  if (value) config::Codec<Dialect>::read(*value, config::Reader(mistakes), {}, *dialect);
  return dialect;
}

void abort_if(const config::Mistakes& mistakes) {
  if (!mistakes.any()) return;
  for (const auto& mistake : mistakes.sorted())
    std::fprintf(stderr, "built-in dialect: %s\n", show(mistake).c_str());
  std::abort();
}

std::shared_ptr<const Dialect> read_usual() {
  config::Mistakes mistakes;
  const auto file = std::ranges::find(dialect_files(), usual_name, &config::EmbeddedFile::name);
  auto dialect = read_built_in(*file, mistakes);
  abort_if(mistakes);
  return dialect;
}

}  // namespace

Dialects built_in() {
  Dialects all{{std::string(usual_name), usual_dialect()}};
  config::Mistakes mistakes;
  for (const auto& file : dialect_files())
    if (file.name != usual_name) all[std::string(file.name)] = read_built_in(file, mistakes);
  abort_if(mistakes);
  return all;
}

bool is_built_in(std::string_view name) {
  return std::ranges::find(dialect_files(), name, &config::EmbeddedFile::name) !=
         dialect_files().end();
}

const std::shared_ptr<const Dialect>& usual_dialect() {
  static const auto usual = read_usual();
  return usual;
}

namespace {

// Reads the dialects of a file, each after the one that it extends.
class BookReader {
 public:
  BookReader(const Value& value, const Reader& reader, DialectBook& book)
      : value_(value), reader_(reader), book_(book) {}

  bool read_all() {
    bool good = true;
    for (const auto& entry : value_.entries) {
      const bool named = config::read_free_name(entry, reader_.at(entry.name), {.filled = true});
      good &= read(entry) && named;
    }
    return good;
  }

 private:
  bool read(const Value::Entry& entry);
  std::shared_ptr<const Dialect> base_of(const Value::Entry& entry, const Reader& at);
  bool read_over(const Value::Entry& entry, const Dialect& base, const Reader& at);

  const Value& value_;
  const Reader& reader_;
  DialectBook& book_;
  std::vector<std::string_view> begun_;  // from the first to the one that is being read
  std::vector<std::string_view> done_;
};

bool BookReader::read(const Value::Entry& entry) {
  if (std::ranges::count(done_, entry.name) > 0) return true;
  const Reader at = reader_.at(entry.name);
  done_.push_back(entry.name);
  if (is_built_in(entry.name)) {
    at.wrong(entry.place,
             "this is the name of a built-in dialect; give yours another one, and let "
             "it extend " +
                 entry.name);
    return false;
  }
  if (!config::expect(entry.value, at, Value::Kind::map)) return false;
  begun_.push_back(entry.name);
  const auto base = base_of(entry, at);
  begun_.pop_back();
  // A wrong dialect is stored anyway, so that its users do not get a second mistake.
  const bool good = read_over(entry, base ? *base : Dialect{}, at) && base;
  const Value* extends = entry.value.find("extends");
  if (!good || (extends != nullptr && book_.wrong.contains(extends->text)))
    book_.wrong.insert(entry.name);
  return good;
}

// Null: a mistake was reported, here or for the other dialect.
std::shared_ptr<const Dialect> BookReader::base_of(const Value::Entry& entry, const Reader& at) {
  const Value* extends = entry.value.find("extends");
  if (extends == nullptr) return std::make_shared<Dialect>();
  const Reader here = at.at("extends");
  if (std::ranges::count(begun_, extends->text) > 0) {
    here.wrong(
        extends->place,
        "it extends itself" +
            std::string(extends->text == entry.name ? "" : ", through '" + extends->text + "'"));
    return nullptr;
  }
  for (const auto& other : value_.entries) {
    if (other.name != extends->text) continue;
    read(other);
    const auto found = book_.all.find(other.name);
    return found == book_.all.end() ? nullptr : found->second;
  }
  return find_dialect(book_, *extends, here);
}

bool BookReader::read_over(const Value::Entry& entry, const Dialect& base, const Reader& at) {
  Written written{.extends = {}, .dialect = base};
  auto& dialect = written.dialect;
  dialect.name = entry.name;
  auto rules = std::exchange(dialect.rules, {});
  bool good = config::section<Written>().read(entry.value, at, written);
  const Value* own_rules = entry.value.find("rules");
  if (own_rules == nullptr || !own_rules->takes_away())
    std::ranges::move(rules, std::back_inserter(dialect.rules));
  good &= complete(dialect, at, entry.place);
  book_.all[entry.name] = std::make_shared<const Dialect>(std::move(dialect));
  return good;
}

}  // namespace

std::shared_ptr<const Dialect> find_dialect(const DialectBook& book, const Value& name,
                                            const Reader& reader) {
  std::vector<std::string_view> names;
  names.reserve(book.all.size());
  for (const auto& [known, dialect] : book.all) names.push_back(known);
  const auto index = config::read_name(name, reader, names);
  return index ? book.all.at(std::string(names[*index])) : nullptr;
}

}  // namespace sonde::dialect

namespace sonde::config {

bool Codec<dialect::DialectBook>::read(const Value& v, const Reader& r, const Rule&,
                                       dialect::DialectBook& out) {
  if (!expect(v, r, Value::Kind::map)) return false;
  return dialect::BookReader(v, r, out).read_all();
}

std::vector<KeyRow> Rows<dialect::DialectBook>::below(const std::string& prefix,
                                                      const dialect::DialectBook&) {
  return section<dialect::Written>().table(prefix + ".NAME");
}

Value Codec<dialect::DialectBook>::schema(const Rule&) {
  return schema_named(section<dialect::Written>().schema(), {.filled = true});
}

}  // namespace sonde::config
