"""A chat behind nginx and haproxy: each way in which people have them wrong, by its reason."""
import unittest

from example import Checks
from haproxy import HaProxy
from nginx import IDLE_SECONDS, Nginx
from node import Chat, Http2Only

SECRETS = {"ALICE_PASSWORD": "alice-password"}

# front, probe, step, reason
NGINX = [
    ("no_upgrade", "upgrade", "upgrade", "upgrade_stripped"),
    ("stripped", "upgrade", "upgrade", "header_stripped"),
    ("dead", "upgrade", "login", "bad_gateway"),
    ("dead", "health", "health", "bad_gateway"),
    ("spa", "upgrade", "upgrade", "spa_fallback"),
    ("moved", "upgrade", "upgrade", "redirected"),
    ("moved", "health", "health", "redirected"),
    ("edge", "upgrade", "upgrade", "unauthorized"),
    ("edge", "health", "health", "bad_status"),
]
HAPROXY = [
    ("stripped", "upgrade", "upgrade", "header_stripped"),
    ("dead", "upgrade", "login", "overloaded"),
    ("dead", "health", "health", "overloaded"),
]


class BehindAProxy(Checks, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.chat = cls.enterClassContext(Chat())
        cls.nginx = cls.enterClassContext(Nginx(cls.chat.port))
        cls.haproxy = cls.enterClassContext(HaProxy(cls.chat.port))

    def behind(self, port, scheme=""):
        example = self.example("behind-a-proxy.yaml", {
            "ws://10.0.0.5:8000": self.chat.ws,
            "https://chat.example.com": "http%s://127.0.0.1:%d" % (scheme, port),
            "wss://chat.example.com": "ws%s://127.0.0.1:%d" % (scheme, port)}, SECRETS)
        return example.exchange("for: 70s", "for: %ds" % (IDLE_SECONDS + 1))

    def test_a_proxy_that_knows_websocket_passes(self):
        for proxy in (self.nginx, self.haproxy):
            with self.subTest(type(proxy).__name__):
                self.assert_passes(self.behind(proxy.at("good")))

    def test_tls_that_also_speaks_http_2_passes(self):
        example = self.behind(self.nginx.at("secure"), "s")
        results = self.assert_passes(
            example.with_secret("SSL_CERT_FILE", str(self.nginx.certificate)))
        facts = results["health"]["tls"][0]
        self.assertEqual((facts["version"], facts["alpn"]), ("TLSv1.2", "http/1.1"))
        self.assertIn("ECDHE", facts["cipher"])

    def test_a_certificate_that_nobody_vouches_for_is_untrusted(self):
        self.assert_fails(self.behind(self.nginx.at("secure"), "s"), "upgrade", "login",
                          "tls_untrusted")

    def test_a_session_that_is_silent_is_cut_by_the_idle_limit_and_not_by_the_server(self):
        for proxy in (self.nginx, self.haproxy):
            with self.subTest(type(proxy).__name__):
                example = self.behind(proxy.at("idle"))
                self.assert_fails(example, "hold", "hold", "idle_closed")
                self.assert_passes(example.exchange("ping: none", "ping: 500ms"), "hold")

    def test_a_server_that_speaks_http_2_alone_is_named_so(self):
        with Http2Only() as server:
            example = self.behind(server.port, "s").with_secret("SSL_CERT_FILE",
                                                                str(server.certificate))
            self.assert_fails(example, "health", "health", "alpn_h2")
            self.assert_fails(example, "upgrade", "login", "alpn_h2")

    def test_a_proxy_that_takes_http_2_for_granted_hangs_up(self):
        example = self.behind(self.haproxy.at("h2"), "s")
        example.with_secret("SSL_CERT_FILE", str(self.haproxy.certificate))
        self.assert_fails(example, "health", "health", "closed_early")

    def test_each_fault_of_nginx_is_named_by_step_and_reason(self):
        for front, probe, step, reason in NGINX:
            with self.subTest(front=front, probe=probe):
                self.assert_fails(self.behind(self.nginx.at(front)), probe, step, reason)

    def test_each_fault_of_haproxy_is_named_by_step_and_reason(self):
        for front, probe, step, reason in HAPROXY:
            with self.subTest(front=front, probe=probe):
                self.assert_fails(self.behind(self.haproxy.at(front)), probe, step, reason)


if __name__ == "__main__":
    unittest.main()
