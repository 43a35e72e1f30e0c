#include "probes/auth/answer_members.hpp"

#include <algorithm>
#include <span>
#include <string>

#include "probes/text/ascii.hpp"

namespace sonde::auth {
namespace {

using MemberNames = std::span<const std::string_view>;

constexpr std::size_t name_bytes_max = 64;

// Names of members in lower case, without "_" and "-".
constexpr std::string_view outcome_names[] = {"success",       "ok",
                                              "succeeded",     "successful",
                                              "issuccess",     "issuccessful",
                                              "isok",          "issucceeded",
                                              "loggedin",      "isloggedin",
                                              "authenticated", "isauthenticated",
                                              "loginsuccess",  "loginsuccessful",
                                              "authsuccess",   "successstatus",
                                              "signedin",      "issignedin",
                                              "loggedon",      "isloggedon",
                                              "signinsuccess", "loginok",
                                              "authok"};
constexpr std::string_view entry_names[] = {"login", "auth"};  // the value may be a name as well
constexpr std::string_view soft_outcome_names[] = {"valid",        "isvalid",    "authorized",
                                                   "isauthorized", "authorised", "verified",
                                                   "isverified",   "allowed",    "approved"};
constexpr std::string_view fault_names[] = {"error",
                                            "errors",
                                            "err",
                                            "errcode",
                                            "errorcode",
                                            "errno",
                                            "errmsg",
                                            "errormsg",
                                            "errormessage",
                                            "errormessages",
                                            "errordescription",
                                            "errordesc",
                                            "errordetail",
                                            "errordetails",
                                            "errorinfo",
                                            "errortype",
                                            "errorid",
                                            "errorname",
                                            "errorsummary",
                                            "fault",
                                            "faultcode",
                                            "faultstring",
                                            "exception",
                                            "failure",
                                            "failurereason",
                                            "failreason",
                                            "failedreason",
                                            "isfailed",
                                            "haserror",
                                            "haserrors",
                                            "iserror",
                                            "nonfielderrors",
                                            "validationerrors",
                                            "loginerror",
                                            "autherror"};
constexpr std::string_view faults_names[] = {"failures", "failed"};
constexpr std::string_view code_names[] = {
    "code",    "statuscode", "resultcode", "responsecode",  "respcode",
    "rspcode", "returncode", "retcode",    "ret",           "rc",
    "msgcode", "httpcode",   "httpstatus", "httpstatuscode"};
constexpr std::string_view status_names[] = {"status", "loginstatus", "authstatus"};
constexpr std::string_view type_names[] = {"type"};
constexpr std::string_view state_names[] = {"state",         "result",      "outcome",
                                            "loginresult",   "authresult",  "loginstate",
                                            "accountstatus", "resultstatus"};
constexpr std::string_view closed_names[] = {
    "locked",           "islocked",   "islockedout",   "lockedout",       "blocked",
    "isblocked",        "banned",     "isbanned",      "suspended",       "issuspended",
    "disabled",         "isdisabled", "accountlocked", "accountdisabled", "accountblocked",
    "accountsuspended", "userlocked", "userdisabled",  "deactivated"};
constexpr std::string_view factor_names[] = {
    "mfarequired",       "requiresmfa",          "requiremfa",        "ismfarequired",
    "twofactorrequired", "requirestwofactor",    "requires2fa",       "require2fa",
    "needs2fa",          "otprequired",          "requiresotp",       "tfarequired",
    "2farequired",       "secondfactorrequired", "needssecondfactor", "challengename",
    "mfatoken",          "mfapendingcredential", "login2fatoken"};
constexpr std::string_view soft_factor_names[] = {"twofactor", "secondfactor", "mfa", "2fa",
                                                  "challenge"};
constexpr std::string_view message_names[] = {
    "message",         "msg",         "detail",        "details",    "title",
    "reason",          "description", "statusmessage", "statustext", "resultmessage",
    "responsemessage", "messages",    "info"};

struct MemberGroup {
  KnownMember member;
  MemberNames names;
};
constexpr MemberGroup member_groups[] = {
    {{About::outcome, false}, outcome_names},     {{About::entry, false}, entry_names},
    {{About::outcome, true}, soft_outcome_names}, {{About::fault, false}, fault_names},
    {{About::faults, false}, faults_names},       {{About::code, false}, code_names},
    {{About::status, false}, status_names},       {{About::state, false}, state_names},
    {{About::type, false}, type_names},           {{About::closed, false}, closed_names},
    {{About::factor, false}, factor_names},       {{About::factor, true}, soft_factor_names},
    {{About::message, true}, message_names}};

}  // namespace

std::optional<KnownMember> member_named(std::string_view name) {
  std::string plain = text::lowered(name.substr(0, name_bytes_max));
  std::erase_if(plain, [](char c) { return c == '_' || c == '-'; });
  for (const MemberGroup& group : member_groups)
    if (std::ranges::find(group.names, plain) != group.names.end()) return group.member;
  return std::nullopt;
}

}  // namespace sonde::auth
