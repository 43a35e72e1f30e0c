"""The XMPP server prosody with its WebSocket (RFC 7395), and two users."""
from ground import Peer, free_port, open_port, program

PASSWORDS = {"alice": "alice-password", "bob": "bob-password"}

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
authentication = "internal_plain"
VirtualHost "localhost"
"""


class Prosody(Peer):
    def __init__(self):
        super().__init__()
        (self.folder / "prosody.cfg.lua").write_text(
            CONFIG.format(folder=self.folder, port=self.port, c2s=free_port()))
        accounts = self.folder / "data" / "localhost" / "accounts"
        accounts.mkdir(parents=True)
        for user, password in PASSWORDS.items():
            (accounts / (user + ".dat")).write_text('return { ["password"] = "%s" };\n' % password)

    def command(self):
        return [program("prosody"), "--root", "-F", "--config", self.folder / "prosody.cfg.lua"]

    def ready(self):
        return open_port(self.port)
