"""The MQTT broker mosquitto over WebSocket, with a user."""
import subprocess

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
