"""Node-RED: a token in the first message, lists of events, a chat that is asked by HTTP."""
import unittest

from node_red import NodeRed
from product import Product


class NodeRedExample(Product, unittest.TestCase):
    file = "node-red.yaml"

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(NodeRed())

    def hosts_of(self, peer):
        return {"https://flows.example.com": peer.http, "wss://flows.example.com": peer.ws}

    def test_the_example_passes_again_and_again(self):
        self.assert_passes_always(self.of(self.server))

    def test_a_wrong_password_is_told_as_such_although_the_status_is_403(self):
        example = self.of(self.server).with_secret("ALICE_PASSWORD", "no")
        self.assert_fails(example, "login", "login", "credentials")
        self.assert_fails(example, "settings", "login", "credentials")
        self.assert_fails(example, "door", "upgrade", "unauthorized")

    def test_a_garbage_token_is_refused_in_the_first_answer(self):
        example = self.with_garbage_token(self.of(self.server), "login: editor")
        self.assert_fails(example, "editor", "ready", "auth_rejected_after_accept")
        self.assert_fails(example, "settings", "health", "bad_status")

    def test_a_wrong_path_hangs_and_the_experiments_say_that_others_do_as_well(self):
        example = self.of(self.server).exchange("/comms", "/wrong").exchange("timeout: 15s", "timeout: 2s")
        result = self.assert_fails(example, "editor", "upgrade", "handshake_timeout")
        self.assertIn("the path may be wrong", result["detail"])

    def test_a_proxy_without_a_backend_is_a_bad_gateway(self):
        example = self.behind_a_dead_backend(self.server)
        self.assert_fails(example, "login", "login", "bad_gateway")
        self.assert_fails(example, "door", "upgrade", "bad_gateway")

    def test_a_stopped_server_refuses(self):
        with NodeRed() as gone:
            example = self.of(gone)
        self.assert_fails(example, "login", "login", "tcp_refused")
        self.assert_fails(example, "door", "upgrade", "tcp_refused")


if __name__ == "__main__":
    unittest.main()
