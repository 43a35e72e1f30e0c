#include "probes/isolation/cross_access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "probes/core/pause.hpp"
#include "probes/isolation/cross_compare.hpp"
#include "probes/isolation/cross_request.hpp"
#include "probes/isolation/isolation_scan.hpp"
#include "probes/session/refusal.hpp"

namespace sonde::isolation {
namespace {

namespace asio = boost::asio;
using How = Answered::How;

// Requests data of one user as another.
class CrossAccessCheck {
 public:
  CrossAccessCheck(const CrossAccess& access, const session::SessionSettings& settings,
                   net::Network& network, const Party& intruder, const Party& owner, Trace& trace)
      : access_(access),
        settings_(settings),
        network_(network),
        intruder_(intruder),
        owner_(owner),
        trace_(trace) {}

  asio::awaitable<std::optional<Failure>> run() {
    auto owning = ask_for_owners(owner_);
    const Answered own = co_await std::move(owning);
    if (own.how != How::granted)
      co_return Failure{
          Reason::refusal_unclear,
          fmt::format("cross_access: {} is not served its own ({}), so nothing is proven",
                      owner_.name, own.what)};
    auto intruding = ask_for_owners(intruder_);
    const Answered other = co_await std::move(intruding);
    if (shows_secret(other.body))
      co_return failure(Reason::cross_user_leak,
                        other.what + ", with what only the owner may receive");
    switch (other.how) {
      case How::neither:
        co_return failure(Reason::no_refusal, other.what);
      case How::unclear:
        co_return failure(Reason::refusal_unclear, other.what);
      case How::refused:
        co_return std::nullopt;
      case How::granted:
        break;
    }
    if (other.upgraded) co_return failure(Reason::cross_user_leak, other.what);
    auto comparing = compare_answers(own, other);
    auto compared = co_await std::move(comparing);
    co_return compared;
  }

 private:
  Failure failure(Reason reason, const std::string& what) const {
    return {reason, fmt::format("cross_access: {} asked for what is {}'s: {}", intruder_.name,
                                owner_.name, what)};
  }

  // Repeats a request that may have another result: trouble of a server may pass.
  asio::awaitable<Answered> ask_as(const Party& party, const Party& whose) {
    const text::Names names = cross_names(access_, party.names, whose.names);
    auto asking = ask_across(access_, settings_, network_, names, trace_);
    Answered answered = co_await std::move(asking);
    if (!answered.again) co_return answered;
    auto waiting = pause(session::trouble_passes_in);
    const bool goes_on = co_await std::move(waiting);
    if (!goes_on) co_return answered;
    auto asking_again = ask_across(access_, settings_, network_, names, trace_);
    answered = co_await std::move(asking_again);
    if (answered.again) answered.what += " twice";
    co_return answered;
  }
  asio::awaitable<Answered> ask_for_owners(const Party& party) { return ask_as(party, owner_); }

  // The owner's values in the intruder's request, which an answer may repeat.
  std::vector<std::string> sent() const {
    std::vector<std::string> all;
    for (const auto& name : cross_needs(access_))
      if (name.starts_with(of_other))
        if (const std::string* value = owner_.names.find(name.substr(of_other.size())))
          if (!value->empty()) all.push_back(*value);
    return all;
  }

  bool shows_secret(std::string_view body) const {
    Needles needles;
    const auto said = sent();
    for (const auto& secret : owner_.secrets)
      if (std::ranges::find(said, secret) == said.end()) needles.add(secret, 0);
    return !body.empty() && !Received().take(body, needles).empty();
  }

  // A result in only one of two rounds may be chance, and must not page.
  asio::awaitable<std::optional<Failure>> compare_answers(const Answered& own,
                                                          const Answered& other) {
    using Shows = Comparison::Shows;
    auto control = ask_as(intruder_, intruder_);
    const Answered strangers_own = co_await std::move(control);
    auto owning = ask_for_owners(owner_);
    const Answered again = co_await std::move(owning);
    if (again.how != How::granted)
      co_return failure(Reason::refusal_unclear,
                        other.what + fmt::format(", and {} is not served its own any more ({})",
                                                 owner_.name, again.what));
    const Comparison first = compare(answers(own, again, other, strangers_own));
    if (first.shows == Shows::nothing) co_return std::nullopt;
    if (first.shows == Shows::unknown)
      co_return failure(
          Reason::refusal_unclear,
          fmt::format("{}, which cannot be distinguished from a refusal, for {}; name a "
                      "request that shows {}'s data",
                      other.what, first.what, owner_.name));
    auto intruding = ask_for_owners(intruder_);
    const Answered once_more = co_await std::move(intruding);
    auto controlling = ask_as(intruder_, intruder_);
    const Answered own_once_more = co_await std::move(controlling);
    const Comparison second = compare(answers(own, again, once_more, own_once_more));
    if (second.shows == Shows::owners)
      co_return failure(
          Reason::cross_user_leak,
          fmt::format("{}, with {}'s {}", other.what, owner_.name, trace_.scrub(second.what)));
    if (second.shows == Shows::nothing) co_return std::nullopt;
    co_return failure(Reason::refusal_unclear,
                      once_more.what + ", which changes from time to time");
  }

  AccessAnswers answers(const Answered& own, const Answered& again, const Answered& other,
                        const Answered& strangers_own) const {
    AccessAnswers all{.owner = own.body,
                      .owner_again = again.body,
                      .stranger = other.body,
                      .strangers_own = std::nullopt,
                      .sent = sent()};
    if (strangers_own.how == How::granted) all.strangers_own = strangers_own.body;
    return all;
  }

  const CrossAccess& access_;
  const session::SessionSettings& settings_;
  net::Network& network_;
  const Party& intruder_;
  const Party& owner_;
  Trace& trace_;
};

}  // namespace

const config::Section<CrossAccess>& section_of(const CrossAccess*) {
  using A = CrossAccess;
  static const auto keys =
      config::Section<A>()
          .key("url", &A::url,
               "What is another user's, by {{other.NAME}}; ws:// or wss:// asks for an upgrade.",
               {.required = true, .filled = true})
          .key("method", &A::method, "The method of the request.",
               {.one_of = {"GET", "POST", "PUT", "PATCH"}})
          .key("headers", &A::headers, "Headers of the request; they may say {{token}}.")
          .key("body", &A::body, "What is sent, as JSON.");
  return keys;
}

void add_needs(const CrossAccess& access, const dialect::Dialect& dialect, text::Needs& needs) {
  for (auto& name : cross_needs(access)) {
    if (name.starts_with(of_other)) name.erase(0, of_other.size());
    if (!dialect::supplies(dialect, name))
      needs.all.push_back({std::move(name), access.url.place()});
  }
}

asio::awaitable<std::optional<Failure>> try_cross_access(const CrossAccess& access,
                                                         const session::SessionSettings& settings,
                                                         net::Network& network, Party intruder,
                                                         Party owner, Trace& trace) {
  CrossAccessCheck check_cross_access(access, settings, network, intruder, owner, trace);
  auto trying = check_cross_access.run();
  auto failure = co_await std::move(trying);
  co_return failure;
}

}  // namespace sonde::isolation
