"""socket.io: a dialect of the configuration, and what its probes say when the server misbehaves."""
import unittest

from example import Checks
from node import SocketIo

SECRETS = {"ALICE_PASSWORD": "alice-password", "BOB_PASSWORD": "bob-password"}
EVENTS = ["agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed"]

# switch of the server, probe, step, reason
SWITCHES = [
    ("demo_user", "upgrade", "ready", "identity_mismatch"),
    ("without_turn:begin", "chat", "events", "missing_event"),
    ("without_tool:result", "chat", "events", "missing_event"),
    ("broadcast", "isolation", "isolation", "cross_user_leak"),
    ("drop", "chat", "events", "closed_midstream"),
]


class SocketIoExample(Checks, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(SocketIo())

    def setUp(self):
        self.server.heal()

    def of(self, server=None):
        at = server or self.server
        return self.example("socketio.yaml", {"https://chat.example.com": at.http,
                                              "wss://chat.example.com": at.ws}, SECRETS)

    def test_the_example_passes_with_the_canonical_events(self):
        results = self.assert_passes(self.of())
        self.assertEqual([(e["name"], e["state"]) for e in results["chat"]["events"]],
                         [(name, "received") for name in EVENTS])

    def test_misbehaviour_is_named_by_step_and_reason(self):
        for switch, probe, step, reason in SWITCHES:
            with self.subTest(switch):
                self.server.heal()
                self.server.turn_on(switch)
                self.assert_fails(self.of(), probe, step, reason)

    def test_a_wrong_password_is_refused_by_the_login(self):
        self.assert_fails(self.of().with_secret("ALICE_PASSWORD", "no"), "chat", "login",
                          "credentials")

    def test_a_token_that_the_server_does_not_know_is_refused_after_the_upgrade(self):
        example = self.of().exchange(
            "extends: socket.io\n",
            "extends: socket.io\n    vars: { auth: '{\"token\":\"other-{{token}}\"}' }\n")
        self.assert_fails(example, "upgrade", "ready", "auth_rejected_after_accept")

    def test_a_held_session_answers_the_heartbeats_or_is_closed(self):
        held = self.of().exchange("dialect: chat, refuse:",
                                  "dialect: chat, hold: { for: 3s, ping: none }, refuse:")
        self.assert_passes(held, "upgrade")
        deaf = held.exchange(
            "extends: socket.io\n",
            "extends: socket.io\n    rules: [{ when: { type: ping }, ignore: true }]\n")
        code, results = deaf.run("upgrade")
        self.assertEqual((code, results["upgrade"]["step"]), (1, "hold"), results)

    def test_a_stopped_server_is_refused(self):
        with SocketIo() as gone:
            example = self.of(gone)
        self.assert_fails(example, "chat", "login", "tcp_refused")


if __name__ == "__main__":
    unittest.main()
