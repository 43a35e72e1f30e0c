#include "probes/plan/contradictions.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "probes/chat/chat.hpp"
#include "probes/health/health.hpp"
#include "probes/isolation/isolation.hpp"
#include "probes/plan/contradictions_events.hpp"
#include "probes/text/ascii.hpp"
#include "probes/upgrade/refuse_upgrade.hpp"
#include "probes/upgrade/upgrade.hpp"

namespace sonde::plan {
namespace {

bool says(const std::vector<std::string>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// Whether anything sent in a conversation uses the name, directly or through a variable.
bool is_sent(const dialect::Dialect& dialect, std::string_view name) {
  text::Needs needs;
  needs.add(dialect.send);
  if (dialect.request) add_needs(*dialect.request, needs);
  for (const auto& step : dialect.before_send) {
    needs.add(step.send);
    if (step.request) add_needs(*step.request, needs);
  }
  for (const auto& [variable, text] : dialect.vars) needs.add(text);
  return std::ranges::count(needs.all, name, &text::Needs::One::name) > 0;
}

void challenge_is_asked(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.chat == nullptr) return;
  const chat::ChatSettings& chat = *parts.chat;
  const bool asked =
      says(chat.prompt.names(), "challenge") || is_sent(*chat.session.dialect, "challenge");
  const bool made = chat.challenge != dialect::ChallengeKind::none;
  if (asked && !made)
    report.wrong("prompt",
                 "it says {{challenge}}, but the probe has none; add 'challenge: product'");
  if (made && !asked)
    report.wrong(
        "challenge",
        "the prompt does not ask it, so no answer is right; write {{challenge}} in the prompt");
}

void prompt_is_sent(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.chat == nullptr || is_sent(*parts.chat->session.dialect, "prompt")) return;
  report.wrong("prompt", "the dialect '" + parts.chat->session.dialect->name +
                             "' never sends it; say {{prompt}} in its 'send'");
}

void answer_can_be_right(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.chat == nullptr) return;
  const dialect::AnswerRules& answer = parts.chat->answer;
  for (const auto& pattern : answer.matches)
    for (const auto& other : answer.not_matches)
      if (pattern.text() == other.text())
        report.wrong("answer",
                     "'matches' and 'not_matches' have the same pattern " + pattern.text());
  if (!answer.equals || !answer.equals->names().empty()) return;
  const std::string& text = answer.equals->text();
  const auto found = [&](const text::Pattern& pattern) { return pattern.found_in(text); };
  if (std::ssize(text) < answer.min_chars)
    report.wrong("answer", "what it has to equal is shorter than min_chars");
  if (!std::ranges::all_of(answer.matches, found))
    report.wrong("answer", "'matches' rules out what it has to equal");
  if (std::ranges::any_of(answer.not_matches, found))
    report.wrong("answer", "'not_matches' rules out what it has to equal");
  const text::Template& prompt = parts.chat->prompt;
  text::Names names;
  const dialect::AnswerRules others{.may_contain_prompt = answer.may_contain_prompt};
  if (const auto failed = dialect::judge_answer(text, prompt.names().empty() ? prompt.text() : "",
                                                others, {}, names))
    report.wrong("answer", "what it has to equal is never right, for " + failed->detail);
}

void ready_message_can_come(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.session == nullptr) return;
  const dialect::Ready& ready = parts.session->socket.ready;
  if (ready.silent && (!ready.type.empty() || !ready.json.empty() || ready.identity.at))
    report.wrong("ready",
                 "'silent' says that there is no ready message, and the other keys what it says");
  if (ready.within != dialect::Ready{}.within && ready.within >= parts.common->timeout)
    report.warn("ready.within", not_shorter("it", ready.within, *parts.common));
}

void user_can_be_right(const ProbeParts& parts, ContradictionReport& report) {
  const dialect::Identity* identity = parts.identity;
  if (identity == nullptr || !identity->equals || !identity->equals->names().empty()) return;
  for (const auto& never : identity->never)
    if (never.found_in(identity->equals->text()))
      report.wrong(parts.session != nullptr ? "ready.identity" : "identity",
                   "'never' excludes the user that 'equals' demands");
}

void ready_message_is_seen(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.session == nullptr) return;
  const dialect::Dialect& dialect = *parts.session->dialect;
  const auto taken = [&](const std::string& type) {
    return std::ranges::any_of(dialect.rules, [&](const dialect::SessionRule& rule) {
      return rule.when.json.empty() && (rule.when.type.empty() || says(rule.when.type, type));
    });
  };
  const auto tell_types = [&](std::string_view path, const std::vector<std::string>& types) {
    if (!types.empty() && std::ranges::all_of(types, taken))
      report.wrong(path, "a rule of the dialect '" + dialect.name + "' takes '" + types.front() +
                             "' first, so it is never seen here; narrow the rule by 'json'");
  };
  tell_types("ready", parts.session->socket.ready.type);
  for (const auto& step : dialect.steps)
    if (step.expect && step.expect->frame.json.empty())
      tell_types("dialect", step.expect->frame.type);
  if (parts.chat == nullptr) return;
  for (const auto& spec : parts.chat->rules.events)
    if (!spec.forbid && spec.min > 0 && spec.terminal != dialect::Terminal::bad)
      tell_types("events." + spec.id, spec.types.empty() ? std::vector{spec.id} : spec.types);
}

// Whether two texts can be equal, by the part before the first {{ of each.
bool may_be_same(const text::Template& one, const text::Template& other) {
  if (one.names().empty() && other.names().empty()) return one.text() == other.text();
  const std::string first = one.text().substr(0, one.text().find("{{"));
  const std::string second = other.text().substr(0, other.text().find("{{"));
  return first.starts_with(second) || second.starts_with(first);
}

void subprotocol_is_offered(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.session == nullptr) return;
  const session::Socket& socket = parts.session->socket;
  const auto lacks = [](const std::vector<text::Template>& offered, const text::Template& wanted) {
    return !wanted.empty() && std::ranges::none_of(offered, [&](const text::Template& one) {
      return may_be_same(one, wanted);
    });
  };
  std::vector<text::Template> offered = socket.token_in.subprotocols;
  std::ranges::copy(socket.subprotocols, std::back_inserter(offered));
  if (lacks(offered, socket.expect_subprotocol))
    report.wrong("expect_subprotocol",
                 "'" + socket.expect_subprotocol.text() +
                     "' is not offered, so no server can select it; add it to "
                     "'subprotocols'");
  if (lacks(offered, socket.token_in.expect))
    report.wrong("token_in.expect", "'" + socket.token_in.expect.text() +
                                        "' is not offered, so no server can select it");
}

// The headers that the upgrade sets itself (RFC 6455 section 4.1), and that of the token.
void headers_are_sent_once(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.session == nullptr) return;
  const session::Socket& socket = parts.session->socket;
  constexpr std::string_view own[] = {"upgrade", "connection", "sec-websocket-key",
                                      "sec-websocket-version", "sec-websocket-protocol"};
  const std::string& token = socket.token_in.text.text();
  const bool in_header = socket.token_in.in == session::TokenPlacement::In::header;
  const std::string placement = in_header ? text::lowered(token.substr(0, token.find(':'))) : "";
  for (const auto& [name, value] : socket.headers) {
    const std::string lower = text::lowered(name);
    if (std::ranges::find(own, lower) != std::end(own))
      report.wrong("headers", "the upgrade sends '" + name + "' itself; leave it out");
    else if (lower == placement)
      report.warn("headers", "'" + name + "' is sent twice, for token_in sends it as well");
  }
}

void token_is_carried(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.session == nullptr) return;
  const session::TokenPlacement& placement = parts.session->socket.token_in;
  const bool written = placement.in != session::TokenPlacement::In::none &&
                       placement.in != session::TokenPlacement::In::subprotocol;
  if (!written || !placement.text.names().empty()) return;
  const std::string text = "'" + placement.text.text() + "' carries no token; say {{token}} in it";
  if (parts.upgrade != nullptr && !parts.upgrade->refuse.checks.empty())
    report.wrong("token_in", text);
  else
    report.warn("token_in", text + ", or write it in 'headers' with token_in: none");
}

void refusals_can_be_seen(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.upgrade == nullptr || parts.upgrade->refuse.checks.empty()) return;
  const upgrade::RefuseSettings& refuse = parts.upgrade->refuse;
  const dialect::RefusedBy& by = parts.session->socket.refused_by;
  const dialect::Dialect& dialect = *parts.session->dialect;
  const bool by_rule = std::ranges::any_of(dialect.rules, [](const dialect::SessionRule& rule) {
    return rule.fail == sonde::name(Reason::auth_rejected_after_accept);
  });
  if (by.status.empty() && by.close.empty() && !by.frame && by.silence <= Span{} &&
      dialect.refusal_codes.empty() && !by_rule)
    report.wrong("refused_by",
                 "nothing refuses, so no check can pass; name a status, a Close code, a "
                 "frame or silence");
  const Span silent = std::max(by.silence, parts.session->socket.ready.within);
  if (by.silence > Span{} && silent >= parts.common->timeout)
    report.wrong(
        "refused_by.silence",
        not_shorter(by.silence == silent ? "it" : "ready.within, for which it lasts as well",
                    silent, *parts.common));
  const std::set<upgrade::RefusalCheck> seen(refuse.checks.begin(), refuse.checks.end());
  if (seen.contains(upgrade::RefusalCheck::logged_out) && refuse.logout &&
      refuse.logout->within >= parts.common->timeout)
    report.wrong("logout.within", not_shorter("it", *refuse.logout->within, *parts.common));
  const auto unused = [&](bool written, upgrade::RefusalCheck check, std::string_view key) {
    if (written && !seen.contains(check))
      report.warn(key, "it has no effect without the refusal check " + std::string(name_of(check)));
  };
  unused(refuse.logout.has_value(), upgrade::RefusalCheck::logged_out, "logout");
  unused(!refuse.other_login.empty(), upgrade::RefusalCheck::wrong_audience, "other_login");
  unused(!refuse.jwks.empty(), upgrade::RefusalCheck::hs256_confusion, "jwks");
}

void hold_can_end_so(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.upgrade == nullptr || !parts.upgrade->hold) return;
  const upgrade::HoldEnd& end = parts.upgrade->hold->expect;
  const auto outside = [](int code) { return code < 1000 || code > 4999; };
  if (end.closed && std::ranges::all_of(end.codes, outside))
    report.wrong("hold.expect", "Close codes are from 1000 to 4999");
}

// The value at "a.b.c", or the nearest parent that is written.
config::Place place_of(const config::Value& probe, std::string_view path) {
  const config::Value* value = &probe;
  while (!path.empty()) {
    const auto end = std::min(path.find('.'), path.size());
    const config::Value* next = value->find(path.substr(0, end));
    if (next == nullptr) break;
    value = next;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return value->place;
}

config::Reader at_path(config::Reader reader, std::string_view path) {
  while (!path.empty()) {
    const auto end = std::min(path.find('.'), path.size());
    reader = reader.at(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return reader;
}

}  // namespace

std::span<const Contradiction> contradictions() {
  static constexpr Contradiction table[] = {
      {"a challenge is asked, and one that is asked is made", challenge_is_asked},
      {"the prompt is sent", prompt_is_sent},
      {"the answer can be right", answer_can_be_right},
      {"the ready message can come", ready_message_can_come},
      {"the user that is wanted is not forbidden", user_can_be_right},
      {"no rule takes what is waited for", ready_message_is_seen},
      {"the subprotocol that is wanted is offered", subprotocol_is_offered},
      {"a header is sent once", headers_are_sent_once},
      {"the token is carried", token_is_carried},
      {"a refusal can be seen, once a check", refusals_can_be_seen},
      {"a held session can end as it has to", hold_can_end_so},
  };
  return table;
}

void ContradictionReport::wrong(std::string_view path, const std::string& text) {
  at_path(reader_, path).wrong(place_of(probe_, path), text);
}

void ContradictionReport::warn(std::string_view path, const std::string& text) {
  at_path(reader_, path).warn(place_of(probe_, path), text);
}

std::string not_shorter(const std::string& what, Span span, const Common& common) {
  return what + " (" + config::show(span) + ") is not shorter than the timeout (" +
         config::show(common.timeout) + "), which ends the run first; make the timeout longer";
}

void check(const ProbeParts& parts, const config::Value& probe, const config::Reader& reader) {
  ContradictionReport report(probe, reader);
  for (const auto& row : contradictions()) row.find(parts, report);
  for (const auto& row : event_contradictions()) row.find(parts, report);
  for (const auto& row : isolation_contradictions()) row.find(parts, report);
  for (const auto& row : health_contradictions()) row.find(parts, report);
}

}  // namespace sonde::plan

// For the expectations of a health probe.
namespace sonde::plan {
namespace {

void body_can_be_right(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.health == nullptr) return;
  const health::Expected& expect = parts.health->expect;
  const health::BodyRules& body = expect.body;
  const auto has_body = [](const health::Status& status) {
    return status.code != 204 && status.code != 205 && status.code != 304;
  };
  const bool wanted =
      !expect.json.empty() || !body.matches.empty() || body.min_size.value_or(0) > 0;
  if (wanted && parts.health->method == "HEAD")
    report.wrong("expect", "the answer to HEAD has no body; use 'method: GET'");
  if (wanted && std::ranges::none_of(expect.status, has_body))
    report.wrong("expect", "an answer of this status has no body");
  if (body.min_size && body.max_size && *body.min_size > *body.max_size)
    report.wrong("expect.body", "min_size is greater than max_size");
  if (body.min_size.value_or(0) > parts.health->line.limits.body)
    report.wrong("expect.body.min_size", "limits.body is smaller; raise it");
  for (const auto& pattern : body.matches)
    for (const auto& other : body.not_matches)
      if (pattern.text() == other.text())
        report.wrong("expect.body",
                     "'matches' and 'not_matches' have the same pattern " + pattern.text());
  if (expect.content_type.contains(';'))
    report.wrong("expect.content_type",
                 "it is compared without parameters; leave out what follows ';'");
}

void answer_can_be_late(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.health == nullptr || !parts.health->expect.max_latency) return;
  if (*parts.health->expect.max_latency >= parts.common->timeout)
    report.warn("expect.max_latency",
                not_shorter("it", *parts.health->expect.max_latency, *parts.common));
}

void status_can_come(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.health == nullptr || !parts.health->redirects.follow) return;
  const auto followed = [](const health::Status& status) {
    return status.code == 301 || status.code == 302 || status.code == 303 || status.code == 307 ||
           status.code == 308;
  };
  if (std::ranges::all_of(parts.health->expect.status, followed))
    report.wrong("expect.status", "redirects are followed, so it is never the last answer's");
}

}  // namespace

std::span<const Contradiction> health_contradictions() {
  static constexpr Contradiction table[] = {
      {"the body can be right", body_can_be_right},
      {"an answer can be too late", answer_can_be_late},
      {"the status can come", status_can_come},
  };
  return table;
}

}  // namespace sonde::plan

// For several users that chat at once.
namespace sonde::plan {
namespace {

void answers_tell_users_apart(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.isolation == nullptr || !parts.isolation->cross_access) return;
  const isolation::CrossAccess& access = *parts.isolation->cross_access;
  text::Needs needs;
  needs.add(access.url);
  needs.add_values(access.headers);
  needs.add(access.body);
  const auto of_other = [](const auto& need) { return need.name.starts_with("other."); };
  if (std::ranges::none_of(needs.all, of_other))
    report.wrong("cross_access",
                 "it asks for nothing of the other user's; say {{other.NAME}}, such as "
                 "{{other.vars.thread_id}}");
}

// Simultaneous sessions of one user distinguish their events by the random values in `correlate`.
void events_tell_sessions_apart(const ProbeParts& parts, ContradictionReport& report) {
  if (parts.isolation == nullptr || parts.isolation->same_user == session::SameUser::forbid) return;
  const dialect::Dialect& dialect = *parts.session->dialect;
  const auto is_made_anew = [&](const text::Template& text) {
    const auto names = text.names();
    return isolation::is_random(text) || std::ranges::any_of(names, [&](const std::string& name) {
             const auto var = dialect.vars.find(name.substr(name.find('.') + 1));
             return var != dialect.vars.end() && isolation::is_random(var->second);
           });
  };
  const bool random = std::ranges::any_of(
      dialect.correlate, [&](const auto& row) { return is_made_anew(row.second); });
  if (parts.isolation->abort && !random)
    report.warn("dialect", "'" + dialect.name +
                               "' has no random id in 'correlate'; if the product sends what is a "
                               "user's to all of his sessions, say 'abort: false', so that no two "
                               "of them chat at once");
}

}  // namespace

std::span<const Contradiction> isolation_contradictions() {
  static constexpr Contradiction table[] = {
      {"cross_access asks for what is the other one's", answers_tell_users_apart},
      {"sessions of a user tell their events apart", events_tell_sessions_apart},
  };
  return table;
}

}  // namespace sonde::plan
