"""Action Cable of Rails: a session cookie, an Origin, a 404 that refuses."""
import unittest

from action_cable import ActionCable
from product import Product


class ActionCableExample(Product, unittest.TestCase):
    file = "action-cable.yaml"

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(ActionCable())

    def hosts_of(self, peer):
        return {"https://app.example.com": peer.http, "wss://app.example.com": peer.ws}

    def test_the_example_passes_again_and_again(self):
        self.assert_passes_always(self.of(self.server))

    def test_a_wrong_password_is_told_with_the_servers_own_words(self):
        example = self.of(self.server).with_secret("ALICE_PASSWORD", "no")
        result = self.assert_fails(example, "login", "login", "credentials")
        self.assertIn("Invalid username or ", result["detail"])

    def test_a_garbage_session_is_refused_after_the_upgrade(self):
        example = self.with_garbage_token(self.of(self.server), "login: account")
        example.exchange("token_in: cookie", 'token_in: { cookie: "_chat_session={{token}}" }')
        self.assert_fails(example, "upgrade", "ready", "auth_rejected_after_accept")

    def test_a_wrong_path_is_no_route(self):
        example = self.of(self.server).exchange("{{target.ws}}/cable", "{{target.ws}}/wrong")
        self.assert_fails(example, "upgrade", "upgrade", "no_route_or_stripped")

    def test_a_foreign_origin_is_answered_like_a_wrong_path(self):
        example = self.of(self.server).exchange('Origin: "{{target.http}}"',
                                                "Origin: https://elsewhere.example.com")
        self.assert_fails(example, "upgrade", "upgrade", "no_route_or_stripped")

    def test_a_proxy_without_a_backend_is_a_bad_gateway(self):
        example = self.behind_a_dead_backend(self.server)
        self.assert_fails(example, "login", "login", "bad_gateway")

    def test_a_stopped_server_refuses(self):
        with ActionCable() as gone:
            example = self.of(gone)
        self.assert_fails(example, "login", "login", "tcp_refused")


if __name__ == "__main__":
    unittest.main()
