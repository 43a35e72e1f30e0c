#include "probes/auth/answer_words.hpp"

#include <gmock/gmock.h>

#include "probes/auth/answer_tone.hpp"

namespace sonde::auth::answer_words_test {
namespace {

struct Body {
  const char* from;
  const char* json;
  const char* token = "";  // its place; empty: it is not in the JSON, or there is none
};

std::string said(const Body& body, bool goes_on = false, bool cookie = false) {
  net::Response response;
  response.status = 200;
  response.body = body.json;
  const bool token = *body.token != '\0';
  const auto place = text::Pointer::parse(body.token);
  return says_no(
      response, {.token = token || cookie, .place = token ? &*place : nullptr, .goes_on = goes_on});
}

// As the products answer the right password, from their documentation or sources.
constexpr Body right[] = {
    {"RFC 6749 5.1", R"({"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"example",
      "expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","example_parameter":"x"})",
     "/access_token"},
    {"Supabase", R"({"access_token":"t","token_type":"bearer","expires_in":3600,"user":{"id":"1",
      "role":"authenticated","banned_until":null,"factors":[{"status":"unverified"}]},
      "weak_password":null})",
     "/access_token"},
    {"Firebase", R"({"kind":"identitytoolkit#VerifyPasswordResponse","localId":"x","email":"a@b.c",
      "displayName":"","idToken":"t","registered":true,"expiresIn":"3600"})",
     "/idToken"},
    {"Cognito", R"({"AuthenticationResult":{"AccessToken":"t","ExpiresIn":3600,
      "TokenType":"Bearer"},"ChallengeParameters":{}})",
     "/AuthenticationResult/AccessToken"},
    {"Okta authn", R"({"expiresAt":"2026-01-01T00:00:00.000Z","status":"SUCCESS",
      "sessionToken":"t","_embedded":{"user":{"passwordChanged":"2020"}}})",
     "/sessionToken"},
    {"Ory Kratos", R"({"session_token":"t","session":{"id":"x","active":true,
      "authenticator_assurance_level":"aal1","identity":{"state":"active"}}})",
     "/session_token"},
    {"Strapi", R"({"jwt":"t","user":{"id":1,"confirmed":true,"blocked":false}})", "/jwt"},
    {"Directus", R"({"data":{"expires":900000,"refresh_token":"r","access_token":"t"}})",
     "/data/access_token"},
    {"Parse Server", R"({"objectId":"x","username":"u","emailVerified":false,
      "sessionToken":"r:t"})",
     "/sessionToken"},
    {"Matrix", R"({"user_id":"@u:x","access_token":"t","device_id":"D","well_known":{}})",
     "/access_token"},
    {"Mattermost", R"({"id":"x","username":"u","auth_service":"","email_verified":true,
      "failed_attempts":2,"mfa_active":true,"locale":"en"})"},
    {"Rocket.Chat", R"({"status":"success","data":{"userId":"x","authToken":"t","me":{
      "status":"offline","active":true,"services":{"password":{}}}}})",
     "/data/authToken"},
    {"WordPress Simple JWT", R"({"success":true,"statusCode":200,"code":"jwt_auth_valid_credential",
      "message":"Credential is valid","data":{"token":"t"}})",
     "/data/token"},
    {"Zabbix", R"({"jsonrpc":"2.0","result":"0424bd59b807674191e7d77572075f33","id":1})",
     "/result"},
    {"Odoo", R"({"jsonrpc":"2.0","id":null,"result":{"uid":2,"is_admin":true,"db":"x"}})"},
    {"WeChat", R"({"errcode":0,"errmsg":"ok","access_token":"t","expires_in":7200})",
     "/access_token"},
    {"Kunpeng DevKit", R"({"code":"2000","message":"Authentication succeeded","messageArgs":[],
      "data":{"access_token":"t","expires_in":3600}})",
     "/data/access_token"},
    {"RuoYi", R"({"msg":"操作成功","code":200,"token":"t"})", "/token"},
    {"vue-element-admin", R"({"code":20000,"data":{"token":"admin-token"}})", "/data/token"},
    {"ABP", R"({"result":{"accessToken":"t","encryptedAccessToken":"e","expireInSeconds":86400,
      "userId":1},"targetUrl":null,"success":true,"error":null,"unAuthorizedRequest":false,
      "__abp":true})",
     "/result/accessToken"},
    {"ASP.NET SignInResult", R"({"succeeded":true,"isLockedOut":false,"isNotAllowed":false,
      "requiresTwoFactor":false})"},
    {"Pi-hole 6", R"({"session":{"valid":true,"totp":false,"sid":"t","csrf":"c","validity":1800,
      "message":"password correct"},"took":0.01})",
     "/session/sid"},
    {"UniFi", R"({"meta":{"rc":"ok"},"data":[]})"},
    {"Synology", R"({"data":{"sid":"t","is_portal_port":false},"success":true})", "/data/sid"},
    {"Reolink", R"([{"cmd":"Login","code":0,"value":{"Token":{"leaseTime":3600,"name":"t"}}}])"},
    {"Vaultwarden", R"({"access_token":"t","expires_in":7200,"token_type":"Bearer","Kdf":0,
      "ForcePasswordReset":false,"MasterPasswordPolicy":{"object":"x"},"scope":"api",
      "TwoFactorToken":"remembered"})",
     "/access_token"},
    {"Jellyfin", R"({"User":{"Policy":{"IsDisabled":false,"InvalidLoginAttemptCount":0}},
      "AccessToken":"t","ServerId":"x"})",
     "/AccessToken"},
    {"Nextcloud OCS", R"({"ocs":{"meta":{"status":"ok","statuscode":100,"message":"OK"},
      "data":{"apppassword":"t"}}})",
     "/ocs/data/apppassword"},
    {"Home Assistant", R"({"type":"create_entry","flow_id":"x","handler":["homeassistant",null],
      "result":"code","context":{}})"},
    {"Gravitee", R"({"token_type":"BEARER","token":"t"})", "/token"},
    {"a mobile API", R"({"status":"1","message":"Login Successful","token":"t",
      "errorCode":"0000","errorMessage":"Success"})",
     "/token"},
    {"qBittorrent", "Ok."},
    {"text in a header of ours", R"({"token":"t","message":"You have 2 failed attempts"})",
     "/token"},
    {"second factor switched off", R"({"token":"t","two_factor":{"enabled":false,
      "methods":["sms","totp"]}})",
     "/token"},
    {"second factor known", R"({"token":"t","mfa":{"methods":["totp"]},"two_factor":true})",
     "/token"},
    {"errorMessage", R"({"token":"t","errorMessage":"Login successful"})", "/token"},
    {"error_description", R"({"token":"t","error_description":"No errors"})", "/token"},
    {"type", R"({"token":"t","type":"NoError"})", "/token"},
    {"device authorization", R"({"token":"t","authorized":false,"verified":false})", "/token"},
    {"an id", R"({"token":"t","result":404})", "/token"},
    {"names", R"({"token":"t","login":"fail2ban","auth":"basic","user":{"status":"locked"}})",
     "/token"},
    {"status of the user", R"({"token":"t","data":{"status":"disabled","error":"x"}})", "/token"},
    {"negations", R"({"token":"t","status":"not locked","error":"no error found",
      "err":"none","fault":"without errors"})",
     "/token"},
    {"Vietnamese",
     R"({"success":true,"message":"Đăng nhập thành công","data":{"accessToken":"t"}})",
     "/data/accessToken"},
    {"method of the login", R"({"token":"t","type":"totp"})", "/token"},
    {"XML", "<response><status>ok</status><error>0</error></response>"},
    {"German", R"({"token":"t","errorMessage":"Kein Fehler"})", "/token"},
    {"French", R"({"token":"t","errorMessage":"Aucune erreur"})", "/token"},
    {"flags as texts", R"({"token":"t","error":"false","hasError":"no","locked":"0"})", "/token"},
    {"a form", "access_token=abc&error=&expires_in=3600"},
    {"JSON-RPC", R"({"jsonrpc":"2.0","result":"zwk1Kab6PhytcVnAtTyCKoH14B_7JQyuS29QG2iiao4"})",
     "/result"},
    {"a token at a code", R"({"code":"451234"})", "/code"},
    {"a token at a state", R"({"state":"Err-or-Otp"})", "/state"},
    {"a state of OAuth", R"({"token":"t","state":"iJUiKoLpLajdHvvIE1XJtw"})", "/token"},
    {"Korean", R"({"token":"t","errorCode":"0000","errorMessage":"정상 처리되었습니다."})",
     "/token"},
    {"Polish", R"({"token":"t","errorCode":"0000","errorMessage":"Zalogowano pomyślnie"})",
     "/token"},
    {"Chinese", R"({"token":"t","errorMessage":"正常","errmsg":"操作完成"})", "/token"},
    {"French success", R"({"token":"t","errorMessage":"Connexion réussie"})", "/token"},
    {"Spanish", R"({"token":"t","errorMessage":"Login exitoso","err":"No hay errores"})", "/token"},
    {"Russian", R"({"token":"t","errorMessage":"Вход выполнен"})", "/token"},
    {"Portuguese", R"({"token":"t","errorMessage":"SUCESSO"})", "/token"},
    {"words of machines", R"({"token":"t","errorMessage":"Request processed","err":"done",
      "fault":"ACK"})",
     "/token"},
    {"a code beside a text", R"({"token":"t","code":200,"errorMessage":"Zalogowano"})", "/token"},
    {"a name", R"({"token":"t","login":"BadWolf"})", "/token"},
    {"a short name", R"({"token":"t","login":"Ko","auth":"KoBayashi"})", "/token"},
    {"an error that is none", R"({"token":"t","error":{"code":"OK","traceId":"abc-bad-123"}})",
     "/token"},
    {"error 0", R"({"token":"t","error":{"code":0,"message":"","requestId":"7f3a9c"}})", "/token"},
    {"a code in hex", R"({"token":"t","errno":"0x00"})", "/token"},
    {"a factor that was given", R"({"token":"t","status":"otp_verified"})", "/token"},
    {"a factor that is set up", R"({"token":"t","status":"mfa_enrolled"})", "/token"},
    {"an address to confirm", R"({"token":"t","status":"email_verification_pending"})", "/token"},
    {"an account to confirm", R"({"token":"t","status":"Unverified"})", "/token"},
    {"an old trial", R"({"token":"t","accountStatus":"EXPIRED_TRIAL"})", "/token"},
    {"counters", R"({"token":"t","failed":3,"failures":{"count":2}})", "/token"},
    {"affirmed", R"({"ok":true,"message":"2 failed logins since your last visit",
      "authorized":false})"}};

// As they answer a wrong one, or ask for more, with a good status.
constexpr Body wrong[] = {
    {"Cognito", R"({"ChallengeName":"SOFTWARE_TOKEN_MFA","Session":"AYABe...",
      "ChallengeParameters":{"USER_ID_FOR_SRP":"u"}})"},
    {"Okta MFA", R"({"stateToken":"t","status":"MFA_REQUIRED","factorResult":null})",
     "/stateToken"},
    {"Okta locked", R"({"status":"LOCKED_OUT","_links":{}})"},
    {"Okta expired", R"({"stateToken":"t","status":"PASSWORD_EXPIRED"})", "/stateToken"},
    {"Docker Hub", R"({"detail":"Require secondary authentication on MFA enabled account",
      "login_2fa_token":"t"})"},
    {"Firebase MFA", R"({"mfaPendingCredential":"c","mfaInfo":[{"displayName":"x"}]})"},
    {"Slack", R"({"ok":false,"error":"invalid_auth"})"},
    {"Telegram", R"({"ok":false,"error_code":401,"description":"Unauthorized"})"},
    {"Rocket.Chat", R"({"status":"error","error":"totp-required","message":"TOTP Required"})"},
    {"GitHub OAuth",
     R"({"error":"bad_verification_code","error_description":"The code passed is incorrect or expired.","error_uri":"https://docs.github.com"})"},
    {"WeChat", R"({"errcode":40001,"errmsg":"invalid credential"})"},
    {"DingTalk", R"({"errcode":40014,"errmsg":"不合法的access_token"})"},
    {"RuoYi", R"({"msg":"用户不存在/密码错误","code":500})"},
    {"vue-element-admin", R"({"code":60204,"message":"Account and password are incorrect."})"},
    {"fe-admin", R"({"code":2000,"message":"错误的用户名和密码"})"},
    {"Alibaba style", R"({"code":"A0210","msg":"用户名或密码错误","data":null})"},
    {"ByteDance", R"({"status":201001,"status_info":{},"message":"登录凭证不合法或者已过期"})"},
    {"Zabbix", R"({"jsonrpc":"2.0","error":{"code":-32602,"message":"Invalid params.",
      "data":"Incorrect user name or password."},"id":1})"},
    {"Odoo", R"({"jsonrpc":"2.0","id":null,"error":{"code":200,"message":"Odoo Server Error",
      "data":{"name":"odoo.exceptions.AccessDenied"}}})"},
    {"GraphQL", R"({"errors":[{"message":"Invalid credentials","path":["login"]}],
      "data":{"login":null}})"},
    {"ABP", R"({"result":null,"success":false,"error":{"code":0,"message":"Login failed!"},
      "unAuthorizedRequest":false})"},
    {"ASP.NET SignInResult", R"({"succeeded":false,"isLockedOut":true,"requiresTwoFactor":false})"},
    {"ASP.NET two factors", R"({"succeeded":false,"isLockedOut":false,"requiresTwoFactor":true})"},
    {"Pi-hole 6", R"({"session":{"valid":false,"totp":false,"sid":null,"validity":-1,
      "message":"password incorrect"},"took":0.03})"},
    {"UniFi", R"({"meta":{"rc":"error","msg":"api.err.Invalid"},"data":[]})"},
    {"Synology", R"({"error":{"code":400},"success":false})"},
    {"Reolink", R"([{"cmd":"Login","code":1,"error":{"detail":"login failed","rspCode":-7}}])"},
    {"Nextcloud OCS", R"({"ocs":{"meta":{"status":"failure","statuscode":997,
      "message":"Current user is not logged in"},"data":[]}})"},
    {"Home Assistant", R"({"type":"form","flow_id":"x","step_id":"init",
      "errors":{"base":"invalid_auth"}})"},
    {"Django REST", R"({"non_field_errors":["Unable to log in with provided credentials."]})"},
    {"Steam", R"({"success":false,"requires_twofactor":true,"message":""})"},
    {"gist of an API", R"({"success":false,"message":"Invalid email or password",
      "error_code":1308,"data":{}})"},
    {"AMap", R"({"status":"0","info":"INVALID_USER_KEY","infocode":"10001"})"},
    {"qBittorrent", "Fails."},
    {"a text", R"("Invalid credentials")"},
    {"a truth value", "false"},
    {"code", R"({"code":-1,"data":null})"},
    {"auth", R"({"auth":false})"},
    {"auth beside a token", R"({"auth":false,"token":"t"})", "/token"},
    {"login", R"({"login":false})"},
    {"success in words", R"({"success":"fail"})"},
    {"outcome", R"({"outcome":"failure"})"},
    {"status in words", R"({"status":"invalid_credentials"})"},
    {"status in words, beside a token", R"({"status":"invalid_credentials","token":"t"})",
     "/token"},
    {"result", R"({"result":"LoginFailed"})"},
    {"message alone", R"({"message":"User not found. Please register first."})"},
    {"negation", R"({"result":"not authenticated"})"},
    {"soft words alone", R"({"authorized":false})"},
    {"a wanted factor", R"({"token":"t","twoFactorRequired":{"required":true}})", "/token"},
    {"a flag as a text", R"({"token":"t","error":"true"})", "/token"},
    {"a good code beside a fault", R"({"token":"t","code":0,"errorMessage":"login failed"})",
     "/token"},
    {"a good code in a fault", R"({"token":"t","error":{"code":0,"message":"Access denied"}})",
     "/token"},
    {"a text that may mean anything", R"({"token":"t","errorMessage":"Sorry"})", "/token"},
    {"such a text without a token", R"({"code":0,"errorMessage":"Zalogowano"})"},
    {"a word for a login", R"({"token":"t","login":"failed"})", "/token"},
    {"a factor that is wanted", R"({"token":"t","status":"otp_required"})", "/token"},
    {"a factor by mail", R"({"token":"t","status":"email_otp_pending"})", "/token"},
    {"a factor that was not given", R"({"token":"t","status":"otp_not_verified"})", "/token"},
    {"a locked account", R"({"token":"t","accountStatus":"LOCKED"})", "/token"},
    {"an account to confirm", R"({"status":"Unverified"})"},
    {"a failure", R"({"token":"t","failed":true})", "/token"},
    {"failures", R"({"token":"t","failures":[{"reason":"wrong password"}]})", "/token"},
    {"a code in hex", R"({"token":"t","errno":"0x80070005"})", "/token"},
    {"a sign-in", R"({"isSignedIn":false})"},
    {"a negative result", R"({"result":-1})"},
    {"a locked account in German", R"({"message":"Konto gesperrt"})"},
    {"a text in Polish", "Odmowa dostępu"},
    {"an error in XML", "<?xml version=\"1.0\"?>\n<error code=\"4\">no</error>"},
    {"a fault in SOAP's words", "<!-- x --><LoginFailed/>"},
    {"another spelling", R"({"token":"t","Is-Locked-Out":"true"})", "/token"}};

TEST(AnswerWords, TakeTheAnswerOfAProductToTheRightPasswordForASuccess) {
  for (const Body& body : right) EXPECT_EQ(said(body), "") << body.from << ": " << body.json;
}

TEST(AnswerWords, TakeTheAnswerOfAProductToAWrongPasswordForNone) {
  for (const Body& body : wrong) EXPECT_NE(said(body), "") << body.from << ": " << body.json;
}

TEST(AnswerWords, AnXmlOfAnotherNameIsNoRefusal) {
  for (const char* xml :
       {"<session id=\"1\"/>", "<", "<?xml", "<!", "<?xml?>", "<a", "< error>", "<ok>error</ok>"})
    EXPECT_EQ(said({"", xml}), "") << xml;
}

TEST(AnswerWords, ASecondFactorIsNoRefusalWhereFurtherRequestsFollow) {
  for (const char* json : {R"({"ChallengeName":"SOFTWARE_TOKEN_MFA","Session":"x"})",
                           R"({"status":"MFA_REQUIRED"})", R"({"mfa_required":true})"}) {
    EXPECT_EQ(said({"", json}, true), "") << json;
    EXPECT_NE(said({"", json}, false), "") << json;
  }
  EXPECT_NE(said({"", R"({"success":false,"mfa_required":true})"}, true), "");
}

TEST(AnswerWords, SoftWordsDoNotCountBesideASession) {
  for (const char* json : {R"({"message":"Invalid something"})", R"({"authorized":false})",
                           R"({"two_factor":true})", "Fails."})
    EXPECT_EQ(said({"", json}, false, true), "") << json;
  EXPECT_NE(said({"", R"({"success":false})"}, false, true), "");
}

TEST(AnswerWords, SaysWhichMemberItWas) {
  EXPECT_EQ(said({"", R"({"isSuccess":0})"}), "\"isSuccess\" is 0");
  EXPECT_EQ(said({"", R"({"errors":[{"message":"x"}]})"}), "\"errors\" is not empty");
  EXPECT_EQ(said({"", "Fails."}), "it is \"Fails.\"");
  EXPECT_LE(said({"", ("{\"error\":\"" + std::string(9000, 'x') + "\"}").c_str()}).size(), 300U);
}

TEST(AnswerWords, WhatIsCapturedIsNotJudgedByItsLetters) {
  net::Response response;
  response.status = 200;
  response.body = R"({"code":"451234","state":"OtpErr","result":"LoginFailed"})";
  const std::vector<std::string> all{"451234", "OtpErr", "LoginFailed"};
  EXPECT_EQ(says_no(response, {.token = true, .captured = all}), "");
  EXPECT_NE(says_no(response, {.token = true, .captured = std::span(all).first(2)}), "");
}

TEST(AnswerWords, APageIsNotJudgedByItsWords) {
  net::Response page;
  page.status = 200;
  page.headers = {{"Content-Type", "text/html"}};
  page.body = "<html>Invalid password</html>";
  EXPECT_EQ(says_no(page, {}), "");
}

TEST(AnswerWords, TonesOfTexts) {
  for (const char* text : {"SUCCESS", "NoError", "no errors", "Login successful", "not locked",
                           "0 errors", "OK", "登录成功", "erfolgreich angemeldet"})
    EXPECT_EQ(tone_of(text), Tone::good) << text;
  for (const char* text :
       {"INVALID_LOGIN_CREDENTIALS", "LoginFailed", "not authorized", "user not found",
        "no such account exists", "AuthError", "ko", "密码错误", "isn't valid",
        "Ungültiges Passwort", "unsuccessful", "未完成", "Inicio no exitoso",
        "UserNotFoundException", "AUTH_ERROR_10021"})
    EXPECT_EQ(tone_of(text), Tone::bad) << text;
  for (const char* text :
       {"", "Bearer", "abc", "fail2ban", "https://example.com/error", "errand", "note", "0", "-",
        "zwk1Kab6PhytcVnAtTyCKoH14B_7JQyuS29QG2iiao4", "iJUiKoLpLajdHvvIE1XJtw"})
    EXPECT_EQ(tone_of(text), Tone::neutral) << text;
}

}  // namespace
}  // namespace sonde::auth::answer_words_test
