"""graphql-ws: a subscription as a chat, and what its probes say when the server misbehaves."""
import unittest

from example import Checks
from node import GraphQl

SECRETS = {"ALICE_PASSWORD": "alice-password"}

# switch of the server, probe, step, reason
SWITCHES = [
    ("without_agent_thinking", "chat", "events", "missing_event"),
    ("without_agent_completed", "chat", "events", "missing_event"),
    ("failing", "chat", "events", "agent_error"),
]


class GraphQlExample(Checks, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(GraphQl())

    def setUp(self):
        self.server.heal()

    def of(self):
        return self.example("graphql.yaml", {"https://api.example.com": self.server.http,
                                             "wss://api.example.com": self.server.ws}, SECRETS)

    def test_the_example_passes(self):
        results = self.assert_passes(self.of())
        received = [e["name"] for e in results["chat"]["events"] if e["state"] == "received"]
        self.assertIn("agent_completed", received)
        self.assertIn("complete", received)

    def test_misbehaviour_is_named_by_step_and_reason(self):
        for switch, probe, step, reason in SWITCHES:
            with self.subTest(switch):
                self.server.heal()
                self.server.turn_on(switch)
                self.assert_fails(self.of(), probe, step, reason)

    def test_a_token_that_the_server_does_not_know_is_closed_with_4403(self):
        example = self.of().exchange("    vars: {", '    steps: [{ send: { type: connection_init, payload: '
                         '{ token: "no" } } }]\n    vars: {')
        result = self.assert_fails(example, "chat", "ready", "auth_rejected_after_accept")
        self.assertIn("4403", result["detail"])

    def test_a_subscription_before_the_acknowledgement_is_closed_with_4401(self):
        example = self.of().exchange("    vars: {", '    steps: [{ send: { id: "1", type: subscribe, '
                                     'payload: { query: "{ version }" } } }]\n    vars: {')
        result = self.assert_fails(example, "chat", "ready", "auth_rejected_after_accept")
        self.assertIn("4401", result["detail"])

    def test_another_path_is_a_bad_upgrade(self):
        example = self.of().exchange("/graphql\"", "/graphql/ws\"")
        self.assert_fails(example, "upgrade", "upgrade", "bad_upgrade")

    def test_a_query_that_the_schema_does_not_know_is_an_error_of_the_agent(self):
        example = self.of().exchange("{ event user text }", "{ event user nothing }")
        result = self.assert_fails(example, "chat", "events", "agent_error")
        self.assertIn("nothing", result["detail"])


if __name__ == "__main__":
    unittest.main()
