#include "probes/auth/form/forms.hpp"

#include <algorithm>

#include "probes/auth/hide.hpp"
#include "probes/text/charset.hpp"

namespace sonde::auth {
namespace {

// What the button has instead of the form's.
struct Submission {
  std::string action, method, enctype;
};

Submission submission_of(const text::Form& form, const text::FormField* button) {
  Submission sent{form.action, form.method, form.enctype};
  if (button == nullptr) return sent;
  if (button->action && !button->action->empty()) sent.action = *button->action;
  if (button->enctype) sent.enctype = *button->enctype;
  if (button->method)
    sent.method =
        *button->method == "post" || *button->method == "dialog" ? *button->method : "get";
  return sent;
}

std::expected<net::Url, std::string> address(const text::Html& page, const std::string& action,
                                             const net::Url& at) {
  if (action.empty()) return at;
  if (page.base.empty()) return net::resolve(at, action);
  const auto base = net::resolve(at, page.base);
  return base ? net::resolve(*base, action) : base;
}

// HTML section 4.10.22.5: the first known one of accept-charset, else that of the page.
std::string_view encoding_for(const text::Form& form, std::string_view page) {
  std::string_view encoding = page, left = form.accept_charset;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find_first_of(" \t\r\n\f,"), left.size());
    if (const auto known = text::encoding_of(left.substr(0, end)); !known.empty()) {
      encoding = known;
      break;
    }
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return encoding.starts_with("UTF-16") ? "UTF-8" : encoding;
}

}  // namespace

Page read_page(const net::Response& response) {
  const std::string* type = response.header("content-type");
  const auto encoding = text::encoding_of_page(type != nullptr ? *type : "", response.body);
  return {.html = text::parse_html(text::decoded(response.body, encoding)), .encoding = encoding};
}

bool asks_again(const net::Response& response, const Entries& entries) {
  return asks_again(read_page(response).html, entries);
}

bool asks_password(const net::Response& response) {
  const auto is_password = [](const text::FormField& field) {
    return field.type == "password" && !field.disabled;
  };
  return std::ranges::any_of(read_page(response).html.forms, [&](const text::Form& form) {
    return std::ranges::count_if(form.fields, is_password) == 1;
  });
}

std::expected<net::Request, Failure> fill(const Page& page, const text::Form& form,
                                          const Entries& entries, const net::Url& at,
                                          const net::Origins& own) {
  const text::FormField* button = choose_button(form, entries);
  const Submission sent = submission_of(form, button);
  auto url = address(page.html, sent.action, at);
  if (!url || (url->scheme != "http" && url->scheme != "https"))
    return std::unexpected(Failure{
        Reason::no_form, "the form's action leads nowhere: " + (url ? url->text() : url.error())});
  if (sent.method == "dialog")
    return std::unexpected(Failure{Reason::no_form, "the form is sent nowhere (method dialog)"});
  if (at.tls() && !url->tls())
    return std::unexpected(
        Failure{Reason::no_form, "the form of an https page is sent without TLS"});
  if (matching(form, entries) > 0 && !own.has(*url))
    return std::unexpected(Failure{
        Reason::redirected, "the form is sent to another origin: " + net::no_own_origin(*url)});
  const bool elsewhere = net::origin_key(*url) != net::origin_key(at);
  const std::string page_origin = at.scheme + "://" + at.authority();
  const std::string_view encoding = encoding_for(form, page.encoding);
  const auto data = entry_list(form, entries, button, encoding);
  net::Request request{.method = "GET", .url = std::move(*url), .headers = {}, .body = {}};
  request.headers.emplace_back("Referer", elsewhere ? page_origin + "/" : at.text());
  if (sent.method != "post") {
    std::string& target = request.url.target;
    target = target.substr(0, target.find('?')) + "?" + encode_form(data, "", encoding).body;
    return request;
  }
  EncodedForm encoded = encode_form(data, sent.enctype, encoding);
  request.method = "POST";
  request.headers.emplace_back("Origin", page_origin);
  request.headers.emplace_back("Content-Type", std::move(encoded.content_type));
  request.body = std::move(encoded.body);
  return request;
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
