// What is sent for a form, as browsers send it (HTML section 4.10.22).
#include "probes/auth/form/forms.hpp"

#include <gmock/gmock.h>

namespace sonde::auth::forms_test {
namespace {

using testing::HasSubstr;

const Entries alice = {{"username", "alice"}, {"password", "p w"}};
constexpr std::string_view fields = "<input name=username><input type=password name=password>";

struct Sent {
  std::string wrong;  // why nothing was sent
  net::Request request;
  std::string header(std::string_view name) const {
    for (const auto& [known, value] : request.headers)
      if (known == name) return value;
    return "";
  }
};

Sent send(const std::string& html, const Entries& entries = alice,
          const std::string& type = "text/html") {
  net::Response response;
  response.status = 200;
  response.headers = {{"content-type", type}};
  response.body = html;
  const Page page = read_page(response);
  const net::Url at = *net::parse_url("https://app.example.com/login?next=1");
  net::Origins own;
  own.add(at);
  const auto form = choose_form(page.html, entries);
  if (!form) return {form.error().detail, {}};
  auto filled = fill(page, **form, entries, at, own);
  if (!filled) return {filled.error().detail, {}};
  return {"", *std::move(filled)};
}

std::string form(const std::string& inside, const std::string& attributes = "method=post") {
  return "<form " + attributes + ">" + std::string(fields) + inside + "</form>";
}

// The body of the form with what is inside, without the credentials in front.
std::string rest(const std::string& inside, const Entries& entries = alice) {
  const Sent sent = send(form(inside), entries);
  constexpr std::string_view begin = "username=alice&password=p+w";
  EXPECT_TRUE(sent.request.body.starts_with(begin)) << sent.wrong << sent.request.body;
  return sent.request.body.substr(std::min(begin.size(), sent.request.body.size()));
}

TEST(Forms, GoWhereTheButtonSays) {
  const Sent sent = send(form("<button formaction=/create>Go</button>", "method=post action=/x"));
  EXPECT_EQ(sent.request.method, "POST");
  EXPECT_EQ(sent.request.url.target, "/create");
  EXPECT_EQ(
      send(form("<button formaction=''>Go</button>", "method=post action=/x")).request.url.target,
      "/x");
  EXPECT_EQ(send(form("<button formmethod=POST>Go</button>", "action=/x")).request.method, "POST");
  EXPECT_EQ(send(form("<input type=submit formmethod=post>", "action=/x")).request.method, "POST");
  EXPECT_EQ(send(form("<button formmethod=no>Go</button>")).request.method, "GET");
  EXPECT_EQ(
      send(form("<button type=button formmethod=post>Go</button>", "action=/x")).request.method,
      "GET")
      << "it submits nothing";
  EXPECT_EQ(send(form("")).request.url.target, "/login?next=1") << "the page's own address";
  EXPECT_EQ(send(form("", "action=/x?a=1")).request.url.target, "/x?username=alice&password=p+w");
}

TEST(Forms, AreSentAsTheFormOrItsButtonSays) {
  const std::string inside = "<input type=hidden name='a\"b' value='1\n2'><input type=file name=f>";
  for (const std::string& page :
       {form(inside, "method=post enctype=multipart/form-data"),
        form(inside + "<input type=submit formenctype=MULTIPART/form-data>")}) {
    const Sent sent = send(page);
    const std::string type = sent.header("Content-Type");
    ASSERT_THAT(type, testing::StartsWith("multipart/form-data; boundary=----"));
    const std::string boundary = "--" + type.substr(type.find('=') + 1);
    const std::string part = boundary + "\r\nContent-Disposition: form-data; name=\"";
    EXPECT_EQ(sent.request.body,
              part + "username\"\r\n\r\nalice\r\n" + part + "password\"\r\n\r\np w\r\n" + part +
                  "a%22b\"\r\n\r\n1\r\n2\r\n" + part +
                  "f\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n" +
                  boundary + "--\r\n");
  }
  const Sent plain = send(form("", "method=post enctype=text/plain"));
  EXPECT_EQ(plain.header("Content-Type"), "text/plain");
  EXPECT_EQ(plain.request.body, "username=alice\r\npassword=p w\r\n");
  const Sent usual =
      send(form("<input type=hidden name=x value=\"~*-._ é\n\">", "method=post enctype=unknown"));
  EXPECT_EQ(usual.header("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_THAT(usual.request.body, testing::EndsWith("&x=%7E*-._+%C3%A9%0D%0A"));
  EXPECT_EQ(send(form("", "enctype=multipart/form-data action=/x")).request.url.target,
            "/x?username=alice&password=p+w")
      << "a GET has no body";
}

TEST(Forms, NothingThatIsDisabledIsSentOrPressed) {
  EXPECT_EQ(rest("<input type=hidden name=a value=1 disabled>"), "");
  EXPECT_EQ(rest("<fieldset disabled><input name=a><select name=b><option>1</select></fieldset>"),
            "");
  EXPECT_EQ(rest("<fieldset disabled><fieldset><input type=hidden name=a></fieldset></fieldset>"
                 "<input type=hidden name=b>"),
            "&b=");
  EXPECT_EQ(rest("<fieldset disabled><legend><input type=hidden name=a></legend>"
                 "<input type=hidden name=b><legend><input type=hidden name=c></legend></fieldset>"
                 "<input type=hidden name=d>"),
            "&a=&d=")
      << "the first legend is not disabled";
  EXPECT_EQ(rest("<button name=go value=1 disabled>One</button><button name=go value=2>Two"),
            "&go=2");
  EXPECT_EQ(rest("<fieldset disabled><button name=go value=1>One</button></fieldset>"), "");
  EXPECT_EQ(rest("<select name=a><option disabled selected>x<option>y</select>"
                 "<select name=b><option disabled>x<option>y</select>"
                 "<select name=c><optgroup disabled><option>x</optgroup><option>y</select>"),
            "&b=y&c=y");
}

TEST(Forms, TheDefaultButtonIsPressedOrTheOneThatIsNamed) {
  const std::string two =
      "<button name=forgot value=1>Forgot password?</button>"
      "<button name=login value=2>Log in</button>";
  EXPECT_EQ(rest(two), "&login=2") << "the other one would mail";
  Entries named = alice;
  named["login"] = "1";
  EXPECT_EQ(rest(two, named), "&login=2");
  EXPECT_EQ(rest("<button name=a value=1>x</button><input type=submit name=b>"), "&a=1");
  EXPECT_EQ(rest("<input type=reset name=r><input type=button name=b><input type=submit name=s "
                 "value=Go>"),
            "&s=Go");
  EXPECT_EQ(rest("<input type=image name=i alt=Go><input type=submit name=s>"), "&i.x=0&i.y=0");
  EXPECT_EQ(rest("<input type=image alt=Go>"), "&x=0&y=0");
  EXPECT_EQ(rest("<button name=by value=mail>E-Mail me a link</button>"
                 "<button name=by value=word>Weiter</button>"),
            "&by=word");
}

TEST(Forms, ControlsSendWhatTheyHave) {
  EXPECT_EQ(rest("<input type=checkbox name=a><input type=checkbox name=b checked>"
                 "<input type=checkbox name=c value=1 checked>"),
            "&b=on&c=1");
  EXPECT_EQ(
      rest("<input type=radio name=a value=1 checked><input type=radio name=a value=2 checked>"
           "<input type=radio name=a value=3>"),
      "&a=2");
  EXPECT_EQ(
      rest("<select name=a><option value=1 selected>x<option selected> two  words </select>"
           "<select name=b multiple><option selected>1<option>2<option selected>3</select>"
           "<select name=c size=4><option>1</select><select name=d multiple><option>1</select>"),
      "&a=two+words&b=1&b=3");
  EXPECT_EQ(rest("<textarea name=a>\r\n\nx\ry</textarea>"), "&a=%0D%0Ax%0D%0Ay");
  EXPECT_EQ(rest("<input name=a value='x\ny' type=text><input type=email name=b value=' a@b '>"),
            "&a=xy&b=a%40b");
  EXPECT_EQ(
      rest("<input type=nonsense name=a value=1><input value=no-name><output name=o>1</output>"),
      "&a=1");
  EXPECT_EQ(rest("<datalist id=l><input name=a><option value=1></datalist>"
                 "<template><input name=b></template>"),
            "");
  EXPECT_EQ(rest("<input name=a dirname=a.dir><input name=b dirname=b.dir dir=rtl>"
                 "<textarea name=c dirname=c.dir dir=auto>&#1513;</textarea>"),
            "&a=&a.dir=ltr&b=&b.dir=rtl&c=%D7%A9&c.dir=rtl");
}

TEST(Forms, AnEntrySelectsWhatHasItsValue) {
  Entries entries = alice;
  entries["keep"] = "1";
  EXPECT_EQ(
      rest("<input type=hidden name=keep value=0><input type=checkbox name=keep value=1>", entries),
      "&keep=0&keep=1");
  EXPECT_EQ(rest("<input type=radio name=keep value=0 checked><input type=radio name=keep value=1>",
                 entries),
            "&keep=1");
  EXPECT_EQ(rest("<select name=keep><option>0<option>1</select>", entries), "&keep=1");
  EXPECT_EQ(rest("<input type=hidden name=keep value=0>", entries), "&keep=1");
}

TEST(Forms, AControlBelongsToTheFormThatItNamesWhereverThatIs) {
  const std::string page = "<input type=hidden name=a value=1 form=f>" +
                           form("<input type=hidden name=b form=other>", "id=f method=post") +
                           "<input type=hidden name=c value=3 form=f><form id=other></form>";
  EXPECT_EQ(send(page).request.body, "a=1&username=alice&password=p+w&c=3");
}

TEST(Forms, AreSentInTheCharsetOfThePage) {
  const std::string page = form("<input type=hidden name=city value='Orl\xe9\x61ns'>");
  const auto city = [](const Sent& sent) {
    return sent.request.body.substr(sent.request.body.find("city="));
  };
  EXPECT_EQ(city(send(page, alice, "text/html; charset=ISO-8859-1")), "city=Orl%E9ans");
  EXPECT_EQ(city(send("<meta charset=latin1>" + page)), "city=Orl%E9ans");
  EXPECT_EQ(
      city(send("<meta http-equiv=Content-Type content='text/html; charset=windows-1252'>" + page)),
      "city=Orl%E9ans");
  const std::string utf8 =
      "<input type=hidden name=city value='Orl\u00e9ans \u20ac \u4e16'>"
      "<input type=hidden name=_charset_>";
  EXPECT_EQ(city(send(form(utf8))), "city=Orl%C3%A9ans+%E2%82%AC+%E4%B8%96&_charset_=UTF-8");
  EXPECT_EQ(city(send(form(utf8, "method=post accept-charset='x-none ISO-8859-1 UTF-8'"))),
            "city=Orl%E9ans+%80+%26%2319990%3B&_charset_=windows-1252");
  EXPECT_EQ(city(send(form(utf8, "method=post accept-charset=ISO-8859-15"))),
            "city=Orl%E9ans+%A4+%26%2319990%3B&_charset_=ISO-8859-15");
  EXPECT_EQ(city(send(form("<input type=hidden name=city value='\x93\xfa'>"), alice,
                      "text/html; charset=Shift_JIS")),
            "city=%93%FA");
}

TEST(Forms, TheOneThatLogsInIsFilledIn) {
  const std::string login =
      "<form method=post action=/login><input name=username>"
      "<input type=password name=password autocomplete=current-password></form>";
  for (const auto& other : std::vector<std::string>{
           std::string("<form method=post action=/join><input name=name><input name=username>"
                       "<input type=password name=password autocomplete=new-password></form>"),
           std::string("<form method=post action=/users><input name=username><input name=mail>"
                       "<input type=password name=password></form>"),
           std::string("<form method=post action=/register>") + std::string(fields) + "</form>",
           "<form action=/search>" + std::string(fields) + "</form>",
           "<form method=post><input name=username><input type=password name=password "
           "autocomplete=new-password></form>",
           std::string("<form method=dialog>") + std::string(fields) + "</form>",
       })
    for (const std::string& page : {other + login, login + other})
      EXPECT_EQ(send(page).request.url.target, "/login") << page;
}

TEST(Forms, OneThatRegistersResetsOrMailsIsNeverSent) {
  const std::string new_one = "<input type=password name=password autocomplete=new-password>";
  for (const auto& [page, why] : std::vector<std::pair<std::string, std::string>>{
           {form("", "method=post action=/register"), "it is sent to \"/register\""},
           {form("", "method=post action=/password/reset?x"), "/password/reset"},
           {form("<button formaction=/users/sign_up>Go</button>"), "/users/sign_up"},
           {form("<button>Sign up</button>"), "its button says \"Sign up\""},
           {form("<input type=submit value='Create an account'>"), "Create an account"},
           {form("<button><b>Forgot</b> password</button>"), "Forgot password"},
           {form("<button>Jetzt registrieren</button>"), "registrieren"},
           {form("<input type=password name=again>"), "it asks for 2 passwords"},
           {"<form><input name=username><input name=mail>" + new_one + "</form>",
            "it asks for a new password and more"},
       }) {
    const Sent sent = send(page);
    EXPECT_THAT(sent.wrong, HasSubstr("nothing was sent")) << page;
    EXPECT_THAT(sent.wrong, HasSubstr(why)) << page;
  }
}

TEST(Forms, ALoginIsNotTakenForSomethingElse) {
  for (const auto& page : std::vector<std::string>{
           form("<button>Sign in or register</button>"),
           form("<button>Log in</button><button name=x>Sign up</button>"),
           form("", "method=post action=/registration/login/"),
           form("", "method=post action=/"),
           form("", "method=post action=''"),
           form("", "method=post action=/login?from=/register"),
           form("<button name=commit>Continue</button>", "method=post action=/session"),
           "<form method=post><input name=username><input type=password name=password "
           "autocomplete=new-password><button>Go</button></form>",
       })
    EXPECT_EQ(send(page).wrong, "") << page;
  Entries named = alice;
  named["go"] = "";
  EXPECT_EQ(send(form("<button name=go>Sign up</button>"), named).wrong, "")
      << "whoever names the button wants it";
}

bool asks_again_in(const std::string& html) {
  net::Response response;
  response.status = 200;
  response.headers = {{"content-type", "text/html"}};
  response.body = html;
  return asks_again(response, alice);
}

TEST(Forms, APasswordThatIsForSomethingElseIsNotTheLoginAgain) {
  for (const char* of_a_user :
       {"<form action=/pw><input type=password name=old><input type=password name=new></form>",
        "<form action=/wifi><input name=ssid><input type=password name=psk></form>",
        "<form action=/settings><input name=smtp_user><input type=password name=smtp></form>",
        "<form action=/users/register><input name=username><input type=password name=password>"
        "<button>Register</button></form>",
        "<input type=password name=apikey>"})
    EXPECT_FALSE(asks_again_in(of_a_user)) << of_a_user;
  for (const char* again :
       {"<form action=/login><input name=username><input type=password name=password></form>",
        "<form action=/next><input type=password name=password></form>"})
    EXPECT_TRUE(asks_again_in(again)) << again;
}

}  // namespace
}  // namespace sonde::auth::forms_test
