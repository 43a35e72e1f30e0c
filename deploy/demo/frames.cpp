#include "deploy/demo/frames.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "deploy/demo/text.hpp"

namespace json = boost::json;

namespace sonde::demo {
namespace {

double seconds_since_epoch(Now now) {
  return std::chrono::duration<double>(now.time_since_epoch()).count();
}

std::string extra_of(const Plan& plan, Event event) {
  const auto& work = plan.work;
  switch (event) {
    case Event::started:
      return {};
    case Event::thinking:
      return fmt::format(R"(,"thought":{})", quoted("I will use the " + work.tool + " tool."));
    case Event::tool_executing:
      return fmt::format(R"(,"tool_name":"{}","execution_id":"{}","tool_args":{{"input":{}}})",
                         work.tool, plan.execution, quoted(work.arguments));
    case Event::tool_completed:
      return fmt::format(R"(,"tool_name":"{}","execution_id":"{}","results":{{"output":{}}})",
                         work.tool, plan.execution, quoted(work.result));
    case Event::completed:
      return fmt::format(R"(,"final_response":{})", quoted(plan.answer));
    case Event::error:
      return R"(,"error_code":"AGENT_FAILED","error":"The agent could not finish its run.")";
  }
  return {};
}

}  // namespace

std::string ready_frame(std::string_view user, std::string_view connection, std::string_view mode,
                        Now now) {
  return fmt::format(
      R"({{"type":"connection_established","data":{{"user_id":{},"connection_id":"{}","mode":"{}",)"
      R"("golden_path_events":["agent_started","agent_thinking","tool_executing",)"
      R"("tool_completed","agent_completed"]}},"timestamp":{:.3f}}})",
      quoted(user), connection, mode, seconds_since_epoch(now));
}

std::string event_frame(const Plan& plan, const Beat& beat, std::string_view user, Now now) {
  return fmt::format(
      R"({{"type":"{}","event_id":"{}","timestamp":{:.3f},"user_id":{},"thread_id":{},)"
      R"("run_id":"{}","agent_name":"demo"{}}})",
      name(beat.event), beat.id, seconds_since_epoch(now), quoted(user), quoted(plan.thread),
      plan.run, extra_of(plan, beat.event));
}

std::string pong_frame(std::string_view user, Now now) {
  return fmt::format(R"({{"type":"pong","data":{{"timestamp":{:.3f},"user_id":{}}}}})",
                     seconds_since_epoch(now), quoted(user));
}

std::string ack_frame(std::string_view type) {
  return fmt::format(R"({{"type":"ack","received_type":{}}})", quoted(type));
}

std::string legacy_frame(std::string_view type) {
  const auto content = fmt::format("Legacy processing: {}", type);
  return fmt::format(R"({{"type":"message","data":{{"content":{}}}}})", quoted(content));
}

std::string error_frame(std::string_view code, std::string_view text) {
  return fmt::format(R"({{"type":"error_message","error_code":"{}","error_message":{}}})", code,
                     quoted(text));
}

Said understand(std::string_view text) {
  boost::system::error_code error;
  const auto value = json::parse(text, error);
  if (error || !value.is_object()) return {};
  const auto& message = value.get_object();
  const auto* payload = message.if_contains("payload");
  const auto& inner = payload && payload->is_object() ? payload->get_object() : message;
  return {.type = string_member(message, "type"),
          .content = string_member(inner, "content"),
          .thread = string_member(inner, "thread_id")};
}

}  // namespace sonde::demo
