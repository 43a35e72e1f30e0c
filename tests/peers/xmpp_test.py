"""prosody over WebSocket: SASL in XML frames, and a bot that is another user of the server."""
import unittest

from example import Checks
from prosody import PASSWORDS, Prosody, XmppBot


class XmppExample(Checks, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Prosody())

    def of(self, server=None):
        return self.example("xmpp.yaml", {"wss://xmpp.example.com": (server or self.server).ws},
                            {"ALICE_PASSWORD": PASSWORDS["alice"]})

    def test_the_example_passes(self):
        with XmppBot(self.server):
            self.assert_passes(self.of())

    def test_a_wrong_password_is_refused_although_the_session_stays_open(self):
        result = self.assert_fails(self.of().with_secret("ALICE_PASSWORD", "no"), "sign_in",
                                   "ready", "auth_rejected_after_accept")
        self.assertIn("not-authorized", result["detail"])

    def test_a_bot_that_is_no_user_is_refused(self):
        example = self.of().exchange("to: agent@localhost", "to: nobody@localhost")
        self.assert_passes(example, "sign_in")
        self.assert_fails(example, "chat", "events", "agent_error")

    def test_without_the_subprotocol_the_server_speaks_no_xmpp(self):
        example = self.of().exchange("token_in: none", "token_in: none, subprotocols: [chat]")
        result = self.assert_fails(example, "sign_in", "upgrade", "server_error")
        self.assertIn("501", result["detail"])

    def test_a_stopped_server_is_refused(self):
        with Prosody() as gone:
            example = self.of(gone)
        self.assert_fails(example, "sign_in", "upgrade", "tcp_refused")


if __name__ == "__main__":
    unittest.main()
