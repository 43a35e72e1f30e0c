#include <algorithm>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "config/document.hpp"
#include "config/load.hpp"
#include "config/text_check.hpp"

namespace sonde::config {
namespace {

constexpr std::string_view core_tag = "tag:yaml.org,2002:";

// The parser's events, handed to a Document with places and without tags.
class Handler final : public YAML::EventHandler {
 public:
  Handler(Document& document, std::shared_ptr<const std::string> file)
      : document_(document), file_(std::move(file)) {}

  Place place(const YAML::Mark& mark) const {
    if (mark.is_null()) return {file_, 0, 0};
    return {file_, mark.line + 1, mark.column + 1};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) throw Document::Refused{place(mark), "", "a second document; join them"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    document_.none(place(mark), anchor);
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
  // "?" stands for no tag, "!" for a text in quotes.
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
  int documents_ = 0;
};

// A {{ without quotes makes the line, or the one before the parser's complaint, no YAML.
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

// What is not closed is told where it was opened: the parser misses it far below.
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
  // The parser takes a quote that is open at the end of the file for closed, but not before this.
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
  Handler handler(document, name);
  try {
    const bool any = feed(yaml, handler);
    Value root = document.take();
    if (is_mapping(root, any, {name, 0, 0}, mistakes)) return root;
  } catch (const Document::Refused& refused) {
    tell_refused(yaml, refused, mistakes);
  } catch (const YAML::Exception& error) {
    const Place place = handler.place(error.mark);
    if (!tell_unquoted_templates(yaml, place, mistakes))
      tell_not_yaml(error, place, document, mistakes);
  } catch (const std::exception& error) {
    mistakes.add({name, 0, 0}, "", std::string("this is not YAML: ") + error.what());
  }
  return std::nullopt;
}

}  // namespace sonde::config
