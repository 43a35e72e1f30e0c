"""RabbitMQ: a password within STOMP and within MQTT, and as HTTP Basic."""
import unittest

from mosquitto import MqttBot
from product import Product
from rabbitmq import RabbitMq, StompBot


class RabbitMqExample(Product, unittest.TestCase):
    file = "rabbitmq.yaml"

    @classmethod
    def setUpClass(cls):
        cls.broker = cls.enterClassContext(RabbitMq())

    def hosts_of(self, peer):
        return {"https://rabbit.example.com:15671": peer.at("management", "http"),
                "wss://rabbit.example.com:15673": peer.ws,
                "wss://rabbit.example.com:15676": peer.at("web_mqtt")}

    def test_the_example_passes_again_and_again(self):
        with StompBot(self.broker), MqttBot(self.broker):
            self.assert_passes_always(self.of(self.broker))

    def test_a_wrong_password_is_refused_in_each_protocol(self):
        example = self.of(self.broker).with_secret("ALICE_PASSWORD", "no")
        result = self.assert_fails(example, "stomp", "ready", "auth_rejected_after_accept")
        self.assertIn("Access refused for user 'alice'", result["detail"])
        self.assert_fails(example, "mqtt", "ready", "auth_rejected_after_accept")
        result = self.assert_fails(example, "management", "health", "bad_status")
        self.assertIn("401", result["detail"])

    def test_a_garbage_token_is_refused_like_a_password(self):
        example = self.of(self.broker)
        example.exchange("login:{{identity.username}}\\npasscode:{{identity.password}}",
                         "Authorization:Bearer {{token}}")
        example.exchange("as: alice }", "as: alice, login: garbage }")
        example.exchange("\nidentities:", "\nlogins: { garbage: { method: token, token: { env: GARBAGE } } }\nidentities:")
        example.with_secret("GARBAGE", "garbage-4711")
        example.exchange(", refuse: [wrong_password]", "")
        self.assert_fails(example, "stomp", "ready", "auth_rejected_after_accept")

    def test_a_bot_that_is_gone_is_seen_by_the_chat_alone(self):
        example = self.of(self.broker).exchange("timeout: 15s", "timeout: 3s")
        self.assert_passes(example, "stomp")
        self.assert_fails(example, "stomp_chat", "events", "first_event_timeout")

    def test_a_wrong_path_is_no_route(self):
        example = self.of(self.broker).exchange("{{target.ws}}/ws", "{{target.ws}}/wrong")
        self.assert_fails(example, "stomp", "upgrade", "no_route_or_stripped")

    def test_a_proxy_without_a_backend_is_a_bad_gateway(self):
        self.assert_fails(self.behind_a_dead_backend(self.broker), "stomp", "upgrade", "bad_gateway")

    def test_a_port_at_which_nobody_listens_refuses(self):
        self.assert_fails(self.at(1, self.broker), "stomp", "upgrade", "tcp_refused")


if __name__ == "__main__":
    unittest.main()
