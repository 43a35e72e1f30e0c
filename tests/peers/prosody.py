"""The XMPP server prosody with its WebSocket (RFC 7395), and two users."""
import base64
import re
import socket

from bot import Bot, answer_to
from ground import Peer, free_port, open_port, program

PASSWORDS = {"alice": "alice-password", "agent": "agent-password"}

CONFIG = """
daemonize = false
pidfile = "{folder}/prosody.pid"
data_path = "{folder}/data"
log = {{ info = "*console" }}
modules_enabled = {{ "roster", "saslauth", "disco", "websocket", "ping" }}
modules_disabled = {{ "s2s", "posix" }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {c2s} }}
http_ports = {{ {port} }}
http_interfaces = {{ "127.0.0.1" }}
https_ports = {{ }}
http_default_host = "localhost"
consider_websocket_secure = true
allow_unencrypted_plain_auth = true
c2s_require_encryption = false
authentication = "internal_plain"
VirtualHost "localhost"
"""


class Prosody(Peer):
    def __init__(self):
        super().__init__()
        self.c2s = free_port()
        (self.folder / "prosody.cfg.lua").write_text(
            CONFIG.format(folder=self.folder, port=self.port, c2s=self.c2s))
        accounts = self.folder / "data" / "localhost" / "accounts"
        accounts.mkdir(parents=True)
        for user, password in PASSWORDS.items():
            (accounts / (user + ".dat")).write_text('return { ["password"] = "%s" };\n' % password)

    def command(self):
        return [program("prosody"), "--root", "-F", "--config", self.folder / "prosody.cfg.lua"]

    def ready(self):
        return open_port(self.port) and open_port(self.c2s)


class XmppBot(Bot):
    """The user agent@localhost over plain TCP (RFC 6120), who answers messages."""

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.heard = ""

    def await_said(self, pattern):
        while not (found := re.search(pattern, self.heard, re.S)):
            piece = self.socket.recv(65536)
            if not piece:
                raise OSError("the server ended the stream: " + self.heard)
            self.heard += piece.decode()
        self.heard = self.heard[found.end():]
        return found

    def say(self, text):
        self.socket.sendall(text.encode())

    def connect(self):
        self.socket = socket.create_connection(("127.0.0.1", self.server.c2s), 10)
        start = ("<stream:stream xmlns='jabber:client' to='localhost' version='1.0' "
                 "xmlns:stream='http://etherx.jabber.org/streams'>")
        plain = base64.b64encode(b"\0agent\0" + PASSWORDS["agent"].encode()).decode()
        self.say(start)
        self.await_said("</stream:features>")
        self.say("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%s</auth>" % plain)
        self.await_said("<success")
        self.say(start)
        self.await_said("</stream:features>")
        self.say("<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")
        self.await_said("</iq>")
        self.say("<presence/>")
        self.await_said("<presence")
        self.socket.settimeout(None)
        return self.socket

    def serve(self):
        while True:
            message = self.await_said(r"<message(?P<head>[^>]*)>.*?<body>(?P<body>.*?)</body>")
            to = re.search(r"from='([^']*)'", message["head"])[1]
            self.say("<message type='chat' to='%s'><body>%s</body></message>" %
                     (to, answer_to(message["body"])))
