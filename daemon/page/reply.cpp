#include "daemon/page/reply.hpp"

#include <utility>

#include "daemon/metrics/gzip.hpp"
#include "daemon/page/html.hpp"

namespace sonde::page {
namespace {

web::WebReply with_policy(const web::WebRequest& request, std::string html, unsigned status,
                          std::string_view sources) {
  html = relative(html, request.path);
  web::WebReply reply{.status = status, .type = "text/html; charset=utf-8"};
  reply.gzipped = request.gzip;
  reply.body = request.gzip ? metrics::gzipped(html) : std::move(html);
  reply.headers.emplace_back("Content-Security-Policy",
                             "default-src 'none'; " + std::string(sources) +
                                 "; img-src 'self'; base-uri 'none'; frame-ancestors 'none'");
  return reply;
}

}  // namespace

web::WebReply page_reply(const web::WebRequest& request, std::string html, unsigned status) {
  return with_policy(request, std::move(html), status,
                     "style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'");
}

web::WebReply scriptless_reply(const web::WebRequest& request, std::string html,
                               std::string_view style) {
  return with_policy(request, std::move(html), 200,
                     "style-src " + std::string(style) + "; form-action 'none'");
}

web::WebReply error_reply(const web::WebRequest& request, unsigned status, std::string_view title,
                          std::string_view text, const std::string& version) {
  const std::string body = "<section><h1>" + html(title) + "</h1><p>" + html(text) +
                           "</p><p><a href=\"/\">Overview</a></p></section>\n";
  return page_reply(request,
                    document({.now = {}, .title = std::string(title), .version = version}, body),
                    status);
}

web::Route recorded_route(std::string_view folder,
                          std::function<void(const web::WebRequest&, web::Respond)> answer) {
  constexpr std::size_t at_once = 8;
  return {.path = std::string(folder),
          .methods = {"GET"},
          .answer = std::move(answer),
          .at_once_max = at_once,
          .below = true};
}

}  // namespace sonde::page
