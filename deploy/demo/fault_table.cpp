#include "deploy/demo/faults.hpp"
#include "deploy/demo/text.hpp"

namespace sonde::demo {
namespace {

using enum Event;
using std::string_view;

template <int status>
void answer(Reply& reply, string_view body) {
  reply.status = status;
  reply.body = body;
  reply.headers.clear();
}

template <int status>
void refuse(Entry& entry, const Value&) {
  entry.refusal = Reply{.status = status,
                        .body = detail(status == 403 ? "Forbidden" : "Internal Server Error"),
                        .headers = {}};
}

// Replaces the path that the front end opens.
void ship(Reply& reply, string_view path) {
  constexpr string_view right = "/websocket";
  const auto at = reply.body.find(right);
  if (at != std::string::npos) reply.body.replace(at, right.size(), path);
}

void hang(Entry& entry, const Value&) {
  entry.refusal.emplace();
  entry.refusal->hang = true;
}

void spoil(Plan& plan) {
  if (!plan.answer.empty()) plan.answer.back() = plan.answer.back() == '7' ? '8' : '7';
}

void fail(Plan& plan) {
  for (auto& beat : plan.beats) {
    if (beat.event == completed) beat.event = error;
  }
}

constexpr string_view validation_error =
    R"({"error":true,"error_code":"VALIDATION_ERROR","message":"Request validation failed",)"
    R"("user_message":"Please check your input and try again.",)"
    R"("details":{"missing":["message","user_message"]}})";

using R = Reply;
using E = Entry;
using P = Plan;
using V = Value;

// clang-format off
const Fault table[] = {
    // name, place, takes, standard value, help, what it does
    {"login_500", Place::login, Takes::nothing, "", "login answers 500",
     [](R& r, const V&) { answer<500>(r, detail("Authentication failed")); }},
    {"login_401", Place::login, Takes::nothing, "", "login refuses good credentials with 401",
     [](R& r, const V&) { answer<401>(r, detail("Invalid credentials")); }},
    {"login_422", Place::login, Takes::nothing, "", "login answers 422, as after a change of its form",
     [](R& r, const V&) { answer<422>(r, detail("Email and password are required")); }},
    {"login_slow", Place::login, Takes::time, "2000ms", "login answers so much later",
     [](R& r, const V& v) { r.delay = v.time; }},
    {"login_hang", Place::login, Takes::nothing, "", "login accepts the request and never answers",
     [](R& r, const V&) { r.hang = true; }},

    {"health_422", Place::health, Takes::nothing, "", "/api/health answers 422 VALIDATION_ERROR",
     [](R& r, const V&) { answer<422>(r, validation_error); }},
    {"health_500", Place::health, Takes::nothing, "", "/api/health answers 500",
     [](R& r, const V&) { answer<500>(r, detail("Internal Server Error")); }},
    {"health_slow", Place::health, Takes::time, "2000ms", "/api/health answers so much later",
     [](R& r, const V& v) { r.delay = v.time; }},
    {"health_unhealthy", Place::health, Takes::nothing, "", "/api/health answers 200 and says unhealthy",
     [](R& r, const V&) { answer<200>(r, R"({"status":"unhealthy","database_status":"down"})"); }},

    {"frontend_ws", Place::page, Takes::nothing, "", "the script of /app sends its users to /ws, which is broken",
     [](R& r, const V&) { ship(r, "/ws"); }},

    {"upgrade_500", Place::upgrade, Takes::nothing, "", "/websocket answers the upgrade with 500", refuse<500>},
    {"upgrade_403", Place::upgrade, Takes::nothing, "", "/websocket answers the upgrade with 403", refuse<403>},
    {"upgrade_hang", Place::upgrade, Takes::nothing, "", "/websocket never answers the upgrade", hang},
    {"upgrade_close", Place::upgrade, Takes::nothing, "", "accepts, then Close 1008",
     [](E& e, const V&) { e.closes = true; }},
    {"upgrade_fin", Place::upgrade, Takes::nothing, "", "accepts, then FIN without a Close",
     [](E& e, const V&) { e.ends = true; }},
    {"auth_open", Place::upgrade, Takes::nothing, "", "fails open: a bad token or none becomes demo-user-001",
     [](E& e, const V&) { e.lets_everybody_in = true; }},
    {"wrong_identity", Place::upgrade, Takes::nothing, "", "every session is the shared demo-user-001",
     [](E& e, const V&) { e.forgets_identity = true; }},
    {"no_ready", Place::upgrade, Takes::nothing, "", "accepts, and never says that it is ready",
     [](E& e, const V&) { e.silent = true; }},

    {"drop_event", Place::run, Takes::event, "tool_completed", "an event is lost",
     [](P& p, const V& v) { drop(p, v.event); }},
    {"double_event", Place::run, Takes::event, "tool_completed", "an event is delivered twice, with one event_id",
     [](P& p, const V& v) { double_up(p, v.event); }},
    {"reorder_event", Place::run, Takes::event, "tool_completed", "an event comes before its predecessor (agent_started: after its successor)",
     [](P& p, const V& v) { swap_with_predecessor(p, v.event); }},
    {"late_event", Place::run, Takes::event_and_time, "tool_completed:2000ms", "an event, and what follows it, comes so much later",
     [](P& p, const V& v) { delay(p, v.event, v.time); }},
    {"after_terminal", Place::run, Takes::event, "tool_completed", "an event comes after the last one",
     [](P& p, const V& v) { move_to_end(p, v.event); }},
    {"stall", Place::run, Takes::nothing, "", "silence after tool_executing",
     [](P& p, const V&) { cut_after(p, tool_executing); }},
    {"midstream_fin", Place::run, Takes::nothing, "", "FIN without a Close after tool_executing",
     [](P& p, const V&) { cut_after(p, tool_executing); p.ends = true; }},
    {"answer_empty", Place::run, Takes::nothing, "", "the answer is empty",
     [](P& p, const V&) { p.answer.clear(); }},
    {"answer_echo", Place::run, Takes::nothing, "", "the answer repeats the prompt",
     [](P& p, const V&) { p.answer = "Agent response for: " + p.prompt; }},
    {"answer_wrong", Place::run, Takes::nothing, "", "the last letter of the answer is wrong",
     [](P& p, const V&) { spoil(p); }},
    {"answer_error", Place::run, Takes::nothing, "", "agent_error instead of agent_completed",
     [](P& p, const V&) { fail(p); }},
    {"cross_user", Place::run, Takes::nothing, "", "the sessions of other users receive the events, too",
     [](P& p, const V&) { p.to_everybody = true; }},
};
// clang-format on

}  // namespace

std::span<const Fault> fault_table() { return table; }

}  // namespace sonde::demo
