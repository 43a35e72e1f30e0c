"""RabbitMQ with STOMP and MQTT over WebSocket, two users, and a bot behind a queue."""
import base64
import hashlib
import json
import socket

from bot import Bot, answer_to
from ground import Peer, Process, free_port, open_port, program

PASSWORDS = {"alice": "alice-password", "bob": "bob-password"}
RABBITMQ = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # the one in /usr/sbin becomes another user

CONFIG = """
listeners.tcp.1 = 127.0.0.1:{amqp}
stomp.listeners.tcp.1 = 127.0.0.1:{stomp}
mqtt.listeners.tcp.1 = 127.0.0.1:{plain}
web_stomp.tcp.ip = 127.0.0.1
web_stomp.tcp.port = {port}
web_mqtt.tcp.ip = 127.0.0.1
web_mqtt.tcp.port = {web_mqtt}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
load_definitions = {folder}/definitions.json
"""


def _user(name, password):
    salt = b"salt"
    digest = salt + hashlib.sha256(salt + password.encode()).digest()
    return {"name": name, "password_hash": base64.b64encode(digest).decode(),
            "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": "management"}


def _definitions():
    return {"vhosts": [{"name": "/"}],
            "users": [_user(name, password) for name, password in PASSWORDS.items()],
            "permissions": [{"user": name, "vhost": "/", "configure": ".*", "write": ".*",
                             "read": ".*"} for name in PASSWORDS]}


class RabbitMq(Peer):
    """`port` speaks STOMP over WebSocket; `plain` is MQTT over TCP."""

    def __init__(self):
        super().__init__()
        names = ("amqp", "stomp", "plain", "web_mqtt", "management")
        self.ports = {name: free_port() for name in names}
        self.plain = self.ports["plain"]
        self.registry = free_port()
        (self.folder / "rabbitmq.conf").write_text(
            CONFIG.format(folder=self.folder, port=self.port, **self.ports))
        (self.folder / "definitions.json").write_text(json.dumps(_definitions()))
        (self.folder / "plugins").write_text(
            "[rabbitmq_web_stomp,rabbitmq_web_mqtt,rabbitmq_management].\n")
        self.epmd = None

    def at(self, name, scheme="ws"):
        return "%s://127.0.0.1:%d" % (scheme, self.ports[name])

    def command(self):
        return [RABBITMQ]

    def environment(self):
        return {"HOME": str(self.folder), "RABBITMQ_NODENAME": "sonde-%d@localhost" % self.port,
                "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
                "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "plugins"),
                "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
                "RABBITMQ_LOG_BASE": str(self.folder), "RABBITMQ_LOGS": "-",
                "RABBITMQ_PID_FILE": str(self.folder / "pid"),
                "RABBITMQ_DIST_PORT": str(free_port()),
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                    "-kernel inet_dist_use_interface {127,0,0,1}",
                "ERL_EPMD_PORT": str(self.registry), "ERL_EPMD_ADDRESS": "127.0.0.1"}

    def start(self):
        # Erlang would start one that outlives it.
        self.epmd = Process(program("epmd"), environment=self.environment())
        return super().start()

    def ready(self):
        return all(open_port(port) for port in (self.port, *self.ports.values()))

    def stop(self):
        super().stop()
        if self.epmd:
            self.epmd.stop()
            self.epmd = None


class StompBot(Bot):
    """Answers what comes to /queue/chat at /topic/replies.ID."""

    def __init__(self, broker):
        super().__init__()
        self.broker = broker
        self.heard = b""

    def say(self, command, headers, body=""):
        head = "".join("%s:%s\n" % row for row in headers.items())
        self.socket.sendall(("%s\n%s\n%s\0" % (command, head, body)).encode())

    def next_frame(self):
        while b"\0" not in self.heard:
            piece = self.socket.recv(65536)
            if not piece:
                raise OSError("the broker ended the connection")
            self.heard += piece
        frame, _, self.heard = self.heard.partition(b"\0")
        head, _, body = frame.lstrip(b"\n").decode().partition("\n\n")
        return head.split("\n", 1)[0], body

    def connect(self):
        self.socket = socket.create_connection(("127.0.0.1", self.broker.ports["stomp"]), 10)
        self.say("CONNECT", {"accept-version": "1.2", "host": "/", "login": "bob",
                             "passcode": PASSWORDS["bob"]})
        command, body = self.next_frame()
        assert command == "CONNECTED", body
        self.say("SUBSCRIBE", {"id": "0", "destination": "/queue/chat", "receipt": "there"})
        assert self.next_frame()[0] == "RECEIPT"
        self.socket.settimeout(None)
        return self.socket

    def serve(self):
        while True:
            _, body = self.next_frame()
            asked = json.loads(body)
            answer = {"id": asked["id"], "text": answer_to(asked["text"])}
            self.say("SEND", {"destination": "/topic/replies." + asked["id"]}, json.dumps(answer))
