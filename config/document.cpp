#include "config/document.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "config/load.hpp"
#include "config/text_check.hpp"

namespace sonde::config {
namespace {

Value node(Value::Kind kind, const Place& place) {
  Value value;
  value.kind = kind;
  value.place = place;
  return value;
}

}  // namespace

void Document::none(const Place& place, Anchor anchor, bool tilde) {
  count(place, {.nodes = 1});
  Value value = node(Value::Kind::none, place);
  if (tilde) value.text = "~";
  put(std::move(value), anchor, {.nodes = 1});
}

void Document::scalar(const Place& place, Anchor anchor, std::string text, bool quoted) {
  Value value = node(Value::Kind::scalar, place);
  const Size size{.nodes = 1, .bytes = text.size()};
  count(place, size);
  value.text = std::move(text);
  value.quoted = quoted;
  put(std::move(value), anchor, size);
}

void Document::open(const Place& place, Anchor anchor, Value::Kind kind) {
  if (!frames_.empty()) {
    const Frame& parent = frames_.back();
    const bool is_key = parent.value.kind == Value::Kind::map && !parent.key;
    const Place& outer = parent.value.place;
    const bool braces = is_key && kind == Value::Kind::map && parent.value.entries.empty() &&
                        outer.line == place.line && outer.column + 1 == place.column;
    if (braces) refuse(outer, "a value that starts with {{ must be quoted", true);
    if (is_key)
      refuse(place, "a key must be a text, not a list or a mapping; or is a bracket not closed?");
  }
  if (frames_.size() == depth_max)
    refuse(place, "is nested more than " + std::to_string(depth_max) + " deep");
  count(place, {.nodes = 1});
  frames_.push_back({.value = node(kind, place), .anchor = anchor, .size = {.nodes = 1}});
}

void Document::close() {
  merge(frames_.back());
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  frame.size.height += 1;
  put(std::move(frame.value), frame.anchor, frame.size);
}

void Document::alias(const Place& place, Anchor anchor) {
  const auto found = anchored_.find(anchor);
  if (found == anchored_.end()) refuse(place, "an alias cannot stand within its own anchor");
  const Size size = found->second.size;
  if (frames_.size() + static_cast<std::size_t>(size.height) > depth_max)
    refuse(place, "is nested more than " + std::to_string(depth_max) + " deep, aliases followed");
  count(place, size);
  Value value = found->second.value;
  value.place = place;
  put(std::move(value), 0, size);
}

// The copy kept for an anchor counts too; otherwise nested anchors would multiply memory.
void Document::put(Value value, Anchor anchor, const Size& size) {
  if (anchor != 0) {
    count(value.place, size);
    anchored_[anchor] = {value, size};
  }
  if (frames_.empty()) {
    root_ = std::move(value);
    return;
  }
  Frame& frame = frames_.back();
  frame.size.nodes += size.nodes;
  frame.size.bytes += size.bytes;
  frame.size.height = std::max(frame.size.height, size.height);
  if (frame.value.kind == Value::Kind::list) {
    frame.value.items.push_back(std::move(value));
  } else {
    put_in_map(frame, std::move(value));
  }
}

void Document::put_in_map(Frame& frame, Value value) {
  if (!frame.key) return take_key(frame, std::move(value));
  take_entry(frame, *std::exchange(frame.key, std::nullopt), std::move(value));
}

void Document::take_key(Frame& frame, Value key) {
  if (key.kind != Value::Kind::scalar) refuse(key.place, "a key must be a text");
  frame.key = std::move(key);
}

void Document::take_entry(Frame& frame, Value key, Value value) {
  const auto [known, is_new] = frame.names.emplace(key.text, key.place);
  if (!is_new) {
    reader().at(key.text).wrong(key.place, "is given twice; first at " + show(known->second));
  } else if (key.text == "<<" && !key.quoted) {
    frame.merged = std::move(value);
  } else {
    frame.value.entries.push_back({std::move(key.text), key.place, std::move(value)});
  }
}

// `<<: *base` or `<<: [*a, *b]`: the mapping's own keys, and those of an earlier one, take
// precedence.
void Document::merge(Frame& frame) {
  if (!frame.merged) return;
  const Value merged = std::move(*frame.merged);
  if (merged.kind != Value::Kind::list) return merge_one(frame, merged);
  for (const Value& map : merged.items) merge_one(frame, map);
}

void Document::merge_one(Frame& frame, const Value& map) {
  if (map.kind != Value::Kind::map) refuse(map.place, "<< takes in mappings, and this is none");
  for (const Value::Entry& entry : map.entries)
    if (frame.names.emplace(entry.name, entry.place).second) frame.value.entries.push_back(entry);
}

Place Document::innermost() const { return frames_.empty() ? last_ : frames_.back().value.place; }

void Document::count(const Place& place, const Size& size) {
  last_ = place;
  total_.nodes += size.nodes;
  total_.bytes += size.bytes;
  if (total_.nodes > nodes_max)
    refuse(place, "is too large: more than " + std::to_string(nodes_max) +
                      " values, each alias and anchor counted in full");
  if (total_.bytes > file_bytes_max)
    refuse(place, "is too large: more than 1MB of text, each alias and anchor counted in full");
}

Reader Document::reader() const {
  Reader reader(*mistakes_);
  for (std::size_t i = 0; i + 1 < frames_.size(); ++i) {
    const Frame& frame = frames_[i];
    const bool is_list = frame.value.kind == Value::Kind::list;
    if (is_list) reader = reader.at(frame.value.items.size());
    if (!is_list) reader = reader.at(frame.key ? frame.key->text : "");
  }
  return reader;
}

void Document::refuse(const Place& place, std::string text, bool template_unquoted) {
  Reader here = reader();
  if (!frames_.empty() && frames_.back().key) here = here.at(frames_.back().key->text);
  throw Refused{place, here.path(), std::move(text), template_unquoted};
}

namespace {

constexpr std::string_view core_tag = "tag:yaml.org,2002:";

// Passes the parser's events to a Document, with places and without tags.
class Handler final : public YAML::EventHandler {
 public:
  Handler(Document& document, std::shared_ptr<const std::string> file, std::string_view yaml)
      : document_(document), file_(std::move(file)), yaml_(yaml) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";  // the parser does not count it
    if (yaml_.starts_with(byte_order_mark)) yaml_.remove_prefix(byte_order_mark.size());
  }

  Place place(const YAML::Mark& mark) const {
    if (mark.is_null()) return {file_, 0, 0};
    return {file_, mark.line + 1, mark.column + 1};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) throw Document::Refused{place(mark), "", "a second document; join them"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto at = static_cast<std::size_t>(std::max(mark.pos, 0));
    document_.none(place(mark), anchor, at < yaml_.size() && yaml_[at] == '~');
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    document_.alias(place(mark), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    check_tag(mark, tag, {"str", "int", "float", "bool"});
    const bool quoted = tag == "!" || tag.ends_with(":str");
    document_.scalar(place(mark), anchor, text, quoted);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_tag(mark, tag, {"seq"});
    document_.open(place(mark), anchor, Value::Kind::list);
  }
  void OnSequenceEnd() override { document_.close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_tag(mark, tag, {"map"});
    document_.open(place(mark), anchor, Value::Kind::map);
  }
  void OnMapEnd() override { document_.close(); }

 private:
  // "?" means no tag, "!" a quoted text.
  void check_tag(const YAML::Mark& mark, const std::string& tag,
                 std::initializer_list<std::string_view> allowed) const {
    if (tag.empty() || tag == "?" || tag == "!") return;
    const auto is_core = [&](std::string_view name) {
      return tag.starts_with(core_tag) && std::string_view(tag).substr(core_tag.size()) == name;
    };
    if (std::ranges::any_of(allowed, is_core)) return;
    throw Document::Refused{place(mark), "", "the tag " + quote(tag) + " is not known here"};
  }

  Document& document_;
  std::shared_ptr<const std::string> file_;
  std::string_view yaml_;
  int documents_ = 0;
};

// A {{ without quotes makes this line, or the one before the parser's error, invalid YAML.
bool tell_unquoted_templates(std::string_view yaml, const Place& at, Mistakes& mistakes) {
  const std::vector<Flaw> found = find_unquoted_templates(yaml);
  const bool to_blame = std::ranges::any_of(
      found, [&](const Flaw& flaw) { return flaw.line == at.line || flaw.line + 1 == at.line; });
  if (!to_blame) return false;
  for (const Flaw& flaw : found) mistakes.add({at.file, flaw.line, flaw.column}, "", flaw.text);
  return true;
}

void tell_refused(std::string_view yaml, const Document::Refused& refused, Mistakes& mistakes) {
  if (refused.template_unquoted && tell_unquoted_templates(yaml, refused.place, mistakes)) return;
  mistakes.add(refused.place, refused.path, refused.text);
}

// Whether the indentation of the line that the parser complains of explains it.
bool tell_bad_indentation(std::string_view yaml, const YAML::Exception& error, const Place& at,
                          Mistakes& mistakes) {
  const std::array<std::string_view, 5> of_structure = {
      YAML::ErrorMsg::END_OF_MAP, YAML::ErrorMsg::END_OF_SEQ, YAML::ErrorMsg::MAP_VALUE,
      YAML::ErrorMsg::MAP_KEY, YAML::ErrorMsg::BLOCK_ENTRY};
  if (std::ranges::find(of_structure, error.msg) == of_structure.end()) return false;
  const auto flaw = find_bad_indentation(yaml, at.line);
  if (flaw) mistakes.add({at.file, flaw->line, flaw->column}, "", flaw->text);
  return flaw.has_value();
}

// A missing end is reported at the start of its element, because the parser detects it much later.
void tell_not_yaml(const YAML::Exception& error, const Place& place, const Document& document,
                   Mistakes& mistakes) {
  if (error.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW)
    return mistakes.add(document.innermost(), "", "this [ is not closed");
  if (error.msg == YAML::ErrorMsg::END_OF_MAP_FLOW)
    return mistakes.add(document.innermost(), "", "this { is not closed");
  if (error.msg == YAML::ErrorMsg::DOC_IN_SCALAR || error.msg == YAML::ErrorMsg::EOF_IN_SCALAR)
    return mistakes.add(document.last(), "", "a quote is opened after this and not closed");
  mistakes.add(place, "", "this is not YAML: " + error.msg);
}

// True if there was a document.
bool feed(std::string_view yaml, Handler& handler) {
  std::string text(yaml);
  // The parser accepts a quote that is open at the end of the file, but not before this line end.
  text += text.empty() || text.ends_with('\n') ? "...\n" : "\n...\n";
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  const bool any = parser.HandleNextDocument(handler);
  while (parser.HandleNextDocument(handler)) {
  }
  return any;
}

bool is_mapping(const Value& root, bool any, const Place& start, Mistakes& mistakes) {
  if (root.kind == Value::Kind::map) return true;
  const bool empty = !any || root.kind == Value::Kind::none;
  mistakes.add(empty ? start : root.place, "",
               empty ? "is empty; a mapping is expected" : "a mapping is expected here");
  return false;
}

}  // namespace

std::optional<Value> parse(std::string_view yaml, std::string_view file, Mistakes& mistakes) {
  const auto name = std::make_shared<const std::string>(file);
  if (const auto flaw = find_flaw(yaml)) {
    mistakes.add({name, flaw->line, flaw->column}, "", flaw->text);
    return std::nullopt;
  }
  Document document(mistakes);
  Handler handler(document, name, yaml);
  try {
    const bool any = feed(yaml, handler);
    Value root = document.take();
    if (is_mapping(root, any, {name, 0, 0}, mistakes)) return root;
  } catch (const Document::Refused& refused) {
    tell_refused(yaml, refused, mistakes);
  } catch (const YAML::Exception& error) {
    const Place place = handler.place(error.mark);
    if (!tell_unquoted_templates(yaml, place, mistakes) &&
        !tell_bad_indentation(yaml, error, place, mistakes))
      tell_not_yaml(error, place, document, mistakes);
  } catch (const std::exception& error) {
    mistakes.add({name, 0, 0}, "", std::string("this is not YAML: ") + error.what());
  }
  return std::nullopt;
}

}  // namespace sonde::config
