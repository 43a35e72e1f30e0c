#include "probes/auth/form/forms.hpp"

#include <algorithm>

#include "probes/auth/hide.hpp"

namespace sonde::auth {
namespace {

bool is_button(const std::string& type) {
  return type == "button" || type == "reset" || type == "image" || type == "file";
}

// Whether a field is sent.
bool is_sent(const text::FormField& field, const Entries& entries, bool& submitted) {
  if (field.name.empty() || is_button(field.type)) return false;
  if (field.type == "submit") return !std::exchange(submitted, true);
  if (field.type == "checkbox" || field.type == "radio")
    return field.checked || entries.contains(field.name);
  return true;
}

std::string encode(const text::Form& form, const Entries& entries) {
  std::string body;
  bool submitted = false;
  for (const auto& field : form.fields) {
    if (!is_sent(field, entries, submitted)) continue;
    const auto entry = entries.find(field.name);
    const std::string& value = entry == entries.end() ? field.value : entry->second;
    body += (body.empty() ? "" : "&") + text::percent_encode(field.name) + "=" +
            text::percent_encode(value);
  }
  return body;
}

std::expected<net::Url, std::string> address(const text::Html& page, const text::Form& form,
                                             const net::Url& at) {
  if (form.action.empty()) return at;
  if (page.base.empty()) return net::resolve(at, form.action);
  const auto base = net::resolve(at, page.base);
  return base ? net::resolve(*base, form.action) : base;
}

}  // namespace

std::size_t matching(const text::Form& form, const Entries& entries) {
  return static_cast<std::size_t>(std::ranges::count_if(
      entries, [&](const auto& entry) { return form.field(entry.first) != nullptr; }));
}

const text::Form* choose_form(const text::Html& page, const Entries& entries) {
  const text::Form* best = nullptr;
  for (const auto& form : page.forms) {
    if (best == nullptr) {
      best = &form;
      continue;
    }
    const std::size_t mine = matching(form, entries), theirs = matching(*best, entries);
    if (mine > theirs || (mine == theirs && form.method == "post" && best->method != "post"))
      best = &form;
  }
  return best;
}

bool asks_again(const text::Html& page, const Entries& entries) {
  return std::ranges::any_of(page.forms, [&](const text::Form& form) {
    return form.has_type("password") ||
           (!entries.empty() && matching(form, entries) == entries.size());
  });
}

std::expected<net::Request, Failure> fill(const text::Html& page, const text::Form& form,
                                          const Entries& entries, const net::Url& at,
                                          const net::Origins& own) {
  auto url = address(page, form, at);
  if (!url || (url->scheme != "http" && url->scheme != "https"))
    return std::unexpected(Failure{
        Reason::no_form, "the form's action leads nowhere: " + (url ? url->text() : url.error())});
  if (at.tls() && !url->tls())
    return std::unexpected(
        Failure{Reason::no_form, "the form of an https page is sent without TLS"});
  if (matching(form, entries) > 0 && !own.has(*url))
    return std::unexpected(Failure{
        Reason::redirected, "the form is sent to another origin: " + net::no_own_origin(*url)});
  const bool elsewhere = net::origin_key(*url) != net::origin_key(at);
  const std::string page_origin = at.scheme + "://" + at.authority();
  const std::string body = encode(form, entries);
  net::Request request{.method = "GET", .url = std::move(*url), .headers = {}, .body = {}};
  request.headers.emplace_back("Referer", elsewhere ? page_origin + "/" : at.text());
  if (form.method != "post") {
    std::string& target = request.url.target;
    target = target.substr(0, target.find('?')) + "?" + body;
    return request;
  }
  request.method = "POST";
  request.headers.emplace_back("Origin", page_origin);
  request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  request.body = body;
  return request;
}

std::string describe(const text::Html& page) {
  if (page.forms.empty()) return "no form";
  std::string all;
  for (const auto& form : page.forms) {
    std::string names;
    for (const auto& field : form.fields)
      if (!field.name.empty()) names += (names.empty() ? "" : ", ") + field.name.substr(0, 40);
    all += (all.empty() ? "a form with " : "; a form with ") + (names.empty() ? "nothing" : names);
  }
  return all.substr(0, 300);
}

void use_usual_if_none(std::map<std::string, text::Template>& fields) {
  if (!fields.empty()) return;
  fields = {{"username", "{{identity.username}}"}, {"password", "{{identity.password}}"}};
}

std::expected<Entries, Failure> render_entries(const std::map<std::string, text::Template>& fields,
                                               text::Names& names) {
  Entries entries;
  for (const auto& [name, value] : fields) {
    auto text = value.render(names);
    if (!text)
      return std::unexpected(
          Failure{Reason::own_request, "login fields." + name + ": " + text.error()});
    entries[name] = std::move(*text);
  }
  return entries;
}

}  // namespace sonde::auth
