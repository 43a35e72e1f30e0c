"""mosquitto over WebSocket: frames of bytes, a password in CONNECT, a bot behind the broker."""
import unittest

from example import Checks
from mosquitto import PASSWORD, Mosquitto, MqttBot


class MqttExample(Checks, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = cls.enterClassContext(Mosquitto())

    def of(self, broker=None):
        return self.example("mqtt.yaml", {"wss://mqtt.example.com": (broker or self.broker).ws},
                            {"ALICE_PASSWORD": PASSWORD})

    def test_the_example_passes(self):
        with MqttBot(self.broker):
            self.assert_passes(self.of())

    def test_a_wrong_password_is_refused_by_connack_although_no_close_follows(self):
        self.assert_fails(self.of().with_secret("ALICE_PASSWORD", "no"), "connect", "ready",
                          "auth_rejected_after_accept")

    def test_a_wrong_password_is_shown_no_more_than_lockout_allows(self):
        example = self.of().with_secret("ALICE_PASSWORD", "no")
        example.exchange("broker: {", "broker: { lockout: { after: 3, cooldown: 1h },")
        results = example.run_all("--repeat=10")
        reasons = [result["reason"] for result in results]
        self.assertEqual(reasons.count("auth_rejected_after_accept"), 3, results[:4])
        self.assertEqual(reasons.count("suppressed"), len(results) - 3)

    def test_a_bot_that_is_gone_is_seen_by_the_chat_alone(self):
        example = self.of().exchange("timeout: 15s", "timeout: 2s")
        self.assert_passes(example, "connect")
        self.assert_fails(example, "chat", "events", "first_event_timeout")

    def test_another_subprotocol_ends_the_handshake_and_is_found_to_be_the_cause(self):
        example = self.of().exchange("token_in: none", "token_in: none, subprotocols: [wrong]")
        result = self.assert_fails(example, "connect", "upgrade", "subprotocol_mismatch")
        self.assertIn("without a byte of an answer", result["detail"])

    def test_a_stopped_broker_is_refused(self):
        with Mosquitto() as gone:
            example = self.of(gone)
        self.assert_fails(example, "connect", "upgrade", "tcp_refused")


if __name__ == "__main__":
    unittest.main()
