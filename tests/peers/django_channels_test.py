"""Django Channels: a form with a CSRF token, a session cookie, an Origin."""
import unittest

from django_channels import Channels
from product import Product


class ChannelsExample(Product, unittest.TestCase):
    file = "django-channels.yaml"

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Channels())

    def hosts_of(self, peer):
        return {"https://site.example.com": peer.http, "wss://site.example.com": peer.ws}

    def test_the_example_passes_again_and_again(self):
        self.assert_passes_always(self.of(self.server))

    def test_a_wrong_password_is_told_as_such_although_the_form_comes_again(self):
        example = self.of(self.server).with_secret("ALICE_PASSWORD", "no")
        self.assert_fails(example, "login", "login", "credentials")
        self.assert_fails(example, "upgrade", "login", "credentials")

    def test_a_garbage_session_is_refused(self):
        example = self.with_garbage_token(self.of(self.server), "login: admin")
        example.exchange("token_in: cookie", 'token_in: { cookie: "sessionid={{token}}" }')
        self.assert_fails(example, "upgrade", "upgrade", "forbidden_or_no_route")

    def test_a_wrong_path_is_a_500_that_every_path_gets(self):
        example = self.of(self.server).exchange("/ws/chat/", "/ws/wrong/")
        result = self.assert_fails(example, "upgrade", "upgrade", "server_error_before_auth")
        self.assertIn("or the path is wrong", result["detail"])

    def test_a_proxy_without_a_backend_is_a_bad_gateway(self):
        example = self.behind_a_dead_backend(self.server)
        self.assert_fails(example, "login", "login", "bad_gateway")
        self.assert_fails(example, "health", "health", "bad_gateway")

    def test_a_stopped_server_refuses(self):
        with Channels() as gone:
            example = self.of(gone)
        self.assert_fails(example, "login", "login", "tcp_refused")


if __name__ == "__main__":
    unittest.main()
