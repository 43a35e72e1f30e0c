"""The MQTT broker mosquitto over WebSocket, with a user."""
import json
import socket
import subprocess

from bot import Bot, answer_to
from ground import Peer, free_port, open_port, program

USER, PASSWORD = "alice", "alice-password"

# With a WebSocket listener alone, mosquitto 2.0.11 ends: "Unable to start any listening sockets".
CONFIG = """
per_listener_settings false
allow_anonymous false
password_file {folder}/users
persistence false
user root
listener {plain} 127.0.0.1
listener {port} 127.0.0.1
protocol websockets
"""


class Mosquitto(Peer):
    def __init__(self):
        super().__init__()
        self.plain = free_port()
        (self.folder / "mosquitto.conf").write_text(
            CONFIG.format(folder=self.folder, plain=self.plain, port=self.port))
        users = self.folder / "users"
        users.write_text("%s:%s\n" % (USER, PASSWORD))
        subprocess.run([program("mosquitto_passwd"), "-U", users], check=True, capture_output=True)

    def command(self):
        return [program("mosquitto"), "-c", self.folder / "mosquitto.conf"]

    def ready(self):
        return open_port(self.port) and open_port(self.plain)


def _text(text):
    data = text.encode()
    return len(data).to_bytes(2, "big") + data


def _packet(kind, body):
    length, digits = len(body), bytearray()
    while True:
        length, digit = divmod(length, 128)
        digits.append(digit | (128 if length else 0))
        if not length:
            return bytes([kind]) + bytes(digits) + body


def _read_packet(stream):
    """(kind, body) of MQTT 3.1.1; None at the end."""
    kind = stream.read(1)
    length, shift = 0, 0
    while kind:
        digit = stream.read(1)[0]
        length += (digit & 127) << shift
        shift += 7
        if digit < 128:
            return kind[0], stream.read(length)
    return None


class MqttBot(Bot):
    """Answers what is published at chat/ID where the message says so."""

    def __init__(self, broker):
        super().__init__()
        self.broker = broker

    def connect(self):
        made = socket.create_connection(("127.0.0.1", self.broker.plain), 10)
        made.settimeout(None)
        made.sendall(_packet(0x10, _text("MQTT") + b"\x04\xc2\x00\x00" + _text("bot") +
                             _text(USER) + _text(PASSWORD)))
        self.stream = made.makefile("rb")
        kind, body = _read_packet(self.stream)
        assert (kind, body) == (0x20, b"\0\0"), (kind, body)
        made.sendall(_packet(0x82, b"\0\1" + _text("chat/+") + b"\0"))
        assert _read_packet(self.stream)[0] == 0x90
        return made

    def serve(self):
        while packet := _read_packet(self.stream):
            kind, body = packet
            if kind & 0xF0 != 0x30:
                continue
            topic = int.from_bytes(body[:2], "big")
            asked = json.loads(body[2 + topic:])
            said = json.dumps({"id": asked["id"], "text": answer_to(asked["text"])})
            self.socket.sendall(_packet(0x30, _text(asked["reply_to"]) + said.encode()))
