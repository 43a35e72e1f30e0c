"""Jupyter Server: tokens and forms, kernels that compute, channels that tell everybody."""
import unittest

from example import Checks
from jupyter import PASSWORD, TOKEN, Jupyter
from nginx import Nginx
from world import request

ANY_KERNEL = "00000000-0000-0000-0000-000000000000"
EVENTS = {"busy", "input", "output", "reply", "idle"}


class JupyterExamples(Checks, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Jupyter())
        cls.kernel = cls.server.new_kernel()
        # Jupyter makes what its login page needs with the first request, and may fail if two come at once.
        request(cls.server.http, "/login")

    def with_token(self, http=None, ws=None):
        example = self.example("jupyter-token.yaml", {
            "https://jupyter.example.com": http or self.server.http,
            "wss://jupyter.example.com": ws or self.server.ws}, {"JUPYTER_TOKEN": TOKEN})
        return example.exchange(ANY_KERNEL, self.kernel)

    def with_form(self):
        return self.example("jupyter.yaml", {
            "https://jupyter.example.com": self.server.http,
            "wss://jupyter.example.com": self.server.ws}, {"JUPYTER_PASSWORD": PASSWORD})

    def behind(self, proxy, front):
        at = "127.0.0.1:%d" % proxy.at(front)
        return self.with_token("http://" + at, "ws://" + at)

    def test_code_is_computed_and_its_events_are_told_from_those_of_others(self):
        results = self.assert_passes(self.with_token(), "api", "upgrade", "chat")
        received = {e["name"] for e in results["chat"]["events"] if e["state"] == "received"}
        self.assertEqual(received, EVENTS)

    def test_two_users_on_one_kernel_hear_each_other(self):
        result = self.assert_fails(self.with_token(), "tenants", "isolation", "cross_user_leak")
        self.assertRegex(result["detail"], "was meant for (alice|bob)-1 alone")

    def test_a_wrong_token_is_forbidden(self):
        example = self.with_token().with_secret("JUPYTER_TOKEN", "no")
        self.assert_fails(example, "chat", "upgrade", "forbidden")

    def test_bearer_is_a_header_that_jupyter_does_not_look_for(self):
        example = self.with_token().exchange("Authorization: token", "Authorization: Bearer")
        self.assert_fails(example, "chat", "upgrade", "header_stripped")

    def test_a_kernel_that_is_gone_is_no_route_or_hidden_by_a_proxy(self):
        example = self.with_token().exchange(self.kernel, ANY_KERNEL)
        self.assert_fails(example, "chat", "upgrade", "no_route_or_stripped")

    def test_code_that_raises_is_an_error_of_the_agent(self):
        example = self.with_token().exchange('"print({{challenge}})"', '"1/0 # {{challenge}}"')
        result = self.assert_fails(example, "chat", "events", "agent_error")
        self.assertIn("division by zero", result["detail"])

    def test_code_that_prints_something_else_is_a_wrong_answer(self):
        example = self.with_token().exchange('"print({{challenge}})"', '"print(1) # {{challenge}}"')
        self.assert_fails(example, "chat", "answer", "answer_wrong")

    def test_a_proxy_that_strips_the_header_is_named(self):
        with Nginx(self.server.port, only=["good", "stripped"]) as proxy:
            self.assert_passes(self.behind(proxy, "good"), "chat")
            self.assert_fails(self.behind(proxy, "stripped"), "chat", "upgrade", "header_stripped")

    def test_a_browser_s_form_and_cookies_open_the_channels_of_one_kernel(self):
        self.assert_passes(self.with_form())
        before = set(self.server.kernels())
        self.assert_passes(self.with_form())
        self.assertEqual(set(self.server.kernels()), before)

    def test_a_wrong_password_is_refused_by_the_form(self):
        example = self.with_form().with_secret("JUPYTER_PASSWORD", "no")
        self.assert_fails(example, "login", "login", "credentials")

    def test_a_form_whose_csrf_token_is_another_is_refused_for_that(self):
        example = self.with_form().exchange("fields: {", "fields: { _xsrf: another-token,")
        self.assert_fails(example, "login", "login", "csrf")

    def test_a_page_without_a_form_is_named(self):
        example = self.with_form().exchange('url: "{{target.http}}/login"',
                                            'url: "{{target.http}}/api/status"')
        code, results = example.run("login")
        self.assertEqual((code, results["login"]["step"]), (1, "login"), results)

    def test_a_session_that_is_not_given_after_the_form_is_a_failure_of_the_login(self):
        example = self.with_form().exchange("X-XSRFToken", "X-Other")
        self.assert_fails(example, "login", "login", "forbidden")

    def test_a_foreign_origin_is_refused_with_the_cookies_of_a_user(self):
        example = self.with_form().exchange('Origin: "{{target.http}}"',
                                            'Origin: "https://foreign.example.com"')
        code, results = example.run("chat")
        self.assertEqual((code, results["chat"]["step"]), (1, "upgrade"), results)


if __name__ == "__main__":
    unittest.main()
