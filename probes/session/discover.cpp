#include "probes/session/discover.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/core/reason.hpp"
#include "probes/net/http/status.hpp"
#include "probes/session/endpoint_discovery.hpp"

namespace sonde::session {
namespace {

namespace asio = boost::asio;
using Error = std::unexpected<Failure>;

constexpr std::size_t script_max = 8 * 1024 * 1024;
constexpr std::size_t all_max = 32 * 1024 * 1024;

// The answer of one URL, and the URL after redirects.
struct Source {
  net::Url url;
  std::string text;
};

// Searches a long text in pieces, and lets the loop run in between: a bundle of megabytes must not
// delay other probes. An address of up to 4 KB is found at any position.
asio::awaitable<std::optional<std::string>> find_in(const text::Pattern& match,
                                                    std::string_view text) {
  constexpr std::size_t piece = 256 * 1024, overlap = 4096;
  auto executor = co_await asio::this_coro::executor;
  while (true) {
    const bool more = text.size() > piece + overlap;
    auto found = find_shipped(match, text.substr(0, piece + overlap), more);
    if (found || !more) co_return found;
    text.remove_prefix(piece);
    co_await asio::post(executor, asio::use_awaitable);
  }
}

// Records the last exchange in `aside`.
void record_last(const Trace& aside, Trace& trace) {
  trace.hide_too(aside);
  if (!aside.exchanges().empty()) trace.exchange(aside.exchanges().back());
}

net::Url reached(const Trace& aside, const net::Url& asked) {
  if (aside.exchanges().empty()) return asked;
  return net::parse_url(aside.exchanges().back().url).value_or(asked);
}

Failure unreadable(const net::Url& url, const net::Answer& answer, const Trace& trace) {
  const std::string where = trace.scrub(url.text());
  if (answer.failure.reason == Reason::cut) return answer.failure;
  if (answer.ok())
    return {Reason::endpoint_missing,
            fmt::format("{} answers {}", where, trace.scrub(net::describe(answer.response)))};
  const ReasonRow& why = row(answer.failure.reason);
  const bool own = why.steps.contains(Step::upgrade) || why.outcome != Outcome::fail;
  return {own ? answer.failure.reason : Reason::endpoint_missing,
          fmt::format("{}: {} ({})", where, answer.failure.detail, name(answer.failure.reason))};
}

// Fetches with a separate trace, because scripts would fill the run's, and records the last
// exchange.
class Reader {
 public:
  Reader(net::Network& network, net::ConnectionOptions line, Trace& trace)
      : network_(network), line_(std::move(line)), trace_(trace) {
    line_.limits.body = std::max(line_.limits.body, script_max);
  }

  asio::awaitable<std::expected<Source, Failure>> read(net::Url url) {
    aside_ = trace_.aside();
    const net::Request request{.url = url, .headers = {{"Accept", "*/*"}}, .body = {}};
    const net::Redirects redirects{.follow = true};
    auto fetching = net::fetch(network_, request, line_, redirects, aside_);
    net::Answer answer = co_await std::move(fetching);
    const bool good = answer.ok() && answer.response.status == 200;
    if (!good) record();
    if (!good) co_return Error(unreadable(url, answer, trace_));
    bytes_ += answer.response.body.size();
    co_return Source{reached(aside_, url), std::move(answer.response.body)};
  }
  void record() { record_last(aside_, trace_); }
  bool full() const { return bytes_ >= all_max; }

 private:
  net::Network& network_;
  net::ConnectionOptions line_;
  Trace& trace_;
  Trace aside_;
  std::size_t bytes_ = 0;
};

// Where the address was found, or what was searched without success.
struct Search {
  std::optional<std::string> found;
  std::string where;
  std::size_t searched = 0, unread = 0;
  std::optional<Failure> cut;
};

asio::awaitable<Search> search_scripts(const text::Pattern& match, std::vector<net::Url> scripts,
                                       Reader& reader) {
  Search search;
  for (const net::Url& url : scripts) {
    if (reader.full()) break;
    auto reading = reader.read(url);
    const auto script = co_await std::move(reading);
    if (!script && script.error().reason == Reason::cut) search.cut = script.error();
    if (search.cut) break;
    ++(script ? search.searched : search.unread);
    if (!script) continue;
    auto looking = find_in(match, script->text);
    search.found = co_await std::move(looking);
    if (!search.found) continue;
    reader.record();
    search.where = url.text();
    break;
  }
  co_return search;
}

Failure missing(const Search& search, const text::Pattern& match, const std::string& page) {
  return {Reason::endpoint_missing,
          fmt::format(
              "/{}/ is found neither in {} nor in {} of its scripts{}", match.text(), page,
              search.searched,
              search.unread == 0 ? "" : fmt::format("; {} more could not be read", search.unread))};
}

// Why a browser would not connect to the expected address; sets the discovered address.
std::expected<Discovered, Failure> judge(const Endpoint& endpoint, const Source& page,
                                         const net::Url& shipped, const std::string& where,
                                         text::Names& names) {
  names.set(std::string(shipped_address), shipped.text());
  names.set(std::string(page_origin), origin_of(page.url));
  if (is_mixed_content(page.url, shipped))
    return Error(Failure{Reason::mixed_content, fmt::format("{} names {}", where, shipped.text())});
  if (endpoint.address.empty()) return Discovered{};
  const auto expected = address_of(endpoint.address, names);
  if (!expected) return Error(expected.error());
  if (same_endpoint(*expected, shipped)) return Discovered{};
  return Discovered{
      Failure{Reason::endpoint_drift, fmt::format("{} sends users to {}, expected is {}", where,
                                                  shipped.text(), expected->text())}};
}

asio::awaitable<std::expected<Discovered, Failure>> look(const Endpoint& endpoint, Reader reader,
                                                         text::Names& names) {
  const text::Pattern& match = endpoint.discover->match;
  auto address = endpoint.discover->page.render(names);
  if (!address) co_return Error(Failure{Reason::own_request, "page: " + address.error()});
  auto url = net::parse_url(*address);
  if (!url) co_return Error(Failure{Reason::own_request, "page: " + url.error()});
  auto opening = reader.read(*url);
  const auto page = co_await std::move(opening);
  if (!page) co_return Error(page.error());
  reader.record();
  const text::Html html = text::parse_html(page->text);
  const net::Url base = base_of(html, page->url);
  auto looking = find_in(match, page->text);
  Search search{.found = {}, .where = page->url.text(), .cut = {}};
  search.found = co_await std::move(looking);
  if (!search.found && endpoint.discover->follow == Discover::Follow::scripts) {
    auto searching = search_scripts(match, scripts_of(html, base), reader);
    search = co_await std::move(searching);
  }
  if (search.cut) co_return Error(*search.cut);
  if (!search.found) co_return Error(missing(search, match, page->url.text()));
  auto shipped = resolve_shipped(base, *search.found);
  if (!shipped)
    co_return Error(Failure{Reason::endpoint_missing,
                            fmt::format("{} names \"{}\", which is no address: {}", search.where,
                                        search.found->substr(0, 200), shipped.error())});
  co_return judge(endpoint, *page, *shipped, search.where, names);
}

}  // namespace

asio::awaitable<std::expected<Discovered, Failure>> discover(const Endpoint& endpoint,
                                                             net::Network& network,
                                                             const net::ConnectionOptions& line,
                                                             text::Names& names, Trace& trace) {
  trace.at(Step::upgrade);
  trace.open(Phase::discover);
  auto looking = look(endpoint, Reader(network, line, trace), names);
  auto found = co_await std::move(looking);
  // the cancelled phase is this one
  if (!found && found.error().reason == Reason::cut) co_return found;
  trace.close(Phase::discover);
  if (!found) found.error().detail = trace.scrub(found.error().detail);
  if (found && found->drift) found->drift->detail = trace.scrub(found->drift->detail);
  co_return found;
}

}  // namespace sonde::session
