#include "config/schema.hpp"

#include "config/scalars.hpp"

namespace sonde::config {
namespace {

std::string escaped(char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  const auto code = static_cast<unsigned char>(c);
  if (code >= 0x20) return {c};
  return std::string("\\u00") + hex[code >> 4U] + hex[code & 0xFU];
}

std::string string(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) json += escaped(c);
  return json + '"';
}

class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}

  void write(const Value& value) {
    switch (value.kind) {
      case Value::Kind::none:
        json_ += "null";
        return;
      case Value::Kind::scalar:
        json_ += scalar_text(value);
        return;
      case Value::Kind::list:
        write_list(value);
        return;
      case Value::Kind::map:
        write_map(value);
        return;
    }
  }
  std::string take() { return std::move(json_); }

 private:
  static std::string scalar_text(const Value& value) {
    const bool word = value.text == "true" || value.text == "false";
    return !value.quoted && (word || is_number(value.text)) ? value.text : string(value.text);
  }

  void write_list(const Value& value) {
    json_ += '[';
    ++depth_;
    for (const Value& item : value.items) {
      begin(&item == value.items.data());
      write(item);
    }
    end(value.items.empty(), ']');
  }

  void write_map(const Value& value) {
    json_ += '{';
    ++depth_;
    for (const Value::Entry& entry : value.entries) {
      begin(&entry == value.entries.data());
      json_ += string(entry.name) + (pretty_ ? ": " : ":");
      write(entry.value);
    }
    end(value.entries.empty(), '}');
  }

  void begin(bool first) {
    if (!first) json_ += ',';
    indent();
  }
  void end(bool empty, char bracket) {
    --depth_;
    if (!empty) indent();
    json_ += bracket;
  }
  void indent() {
    if (pretty_) json_.append("\n").append(2 * depth_, ' ');
  }

  bool pretty_;
  std::size_t depth_ = 0;
  std::string json_;
};

std::string cell(std::string_view text) {
  std::string cell;
  for (const char c : text) cell += c == '|' ? "\\|" : std::string(1, c == '\n' ? ' ' : c);
  return cell;
}

std::string code(std::string_view text) { return text.empty() ? "" : "`" + cell(text) + "`"; }

}  // namespace

std::string to_json(const Value& value, bool pretty) {
  Writer writer(pretty);
  writer.write(value);
  return writer.take();
}

std::string schema_document(Value root) {
  Value document = map({{"$schema", scalar("https://json-schema.org/draft/2020-12/schema")},
                        {"title", scalar("sonde.yaml")}});
  for (auto& entry : root.entries) document.entries.push_back(std::move(entry));
  return to_json(document) + "\n";
}

std::string markdown(const std::vector<KeyRow>& rows) {
  std::string text = "| key | type | default | what it is for |\n|---|---|---|---|\n";
  for (const KeyRow& row : rows)
    text += "| " + code(row.path) + " | " + cell(row.type) + " | " + code(row.fallback) + " | " +
            cell(row.help) + " |\n";
  return text;
}

}  // namespace sonde::config
