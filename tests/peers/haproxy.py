"""haproxy before a backend, one front for each way in which people have it wrong."""
from ground import Peer, free_port, open_port, program
import certificate

TUNNEL_SECONDS = 1

CONFIG = """
global
  maxconn 200
defaults
  mode http
  timeout connect 500ms
  timeout client 30s
  timeout server 1s
  timeout tunnel 30s
  retries 0
frontend good
  bind 127.0.0.1:{good}
  default_backend app
frontend stripped
  bind 127.0.0.1:{stripped}
  http-request del-header Authorization
  default_backend app
frontend idle
  bind 127.0.0.1:{idle}
  default_backend short
frontend dead
  bind 127.0.0.1:{dead}
  default_backend nobody
frontend h2
  bind 127.0.0.1:{h2} ssl crt {pem} alpn h2 proto h2
  default_backend app
backend app
  server one 127.0.0.1:{backend}
backend short
  timeout tunnel {tunnel}s
  server one 127.0.0.1:{backend}
backend nobody
  server one 127.0.0.1:{nobody}
"""


class HaProxy(Peer):
    """`backend` is a port; `at(name)` is the port of that front."""

    def __init__(self, backend):
        super().__init__()
        self.ports = {name: free_port() for name in ("good", "stripped", "idle", "dead", "h2")}
        self.port = self.ports["good"]
        self.certificate, key = certificate.make(self.folder)
        pem = self.folder / "both.pem"
        pem.write_text(self.certificate.read_text() + key.read_text())
        (self.folder / "haproxy.cfg").write_text(CONFIG.format(
            backend=backend, nobody=free_port(), pem=pem, tunnel=TUNNEL_SECONDS, **self.ports))

    def at(self, name):
        return self.ports[name]

    def command(self):
        return [program("haproxy"), "-db", "-f", self.folder / "haproxy.cfg"]

    def ready(self):
        return all(open_port(port) for port in self.ports.values())
