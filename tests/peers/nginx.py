"""nginx before a backend, one server for each way in which people have it wrong."""
from ground import Peer, free_port, open_port, program
import certificate

IDLE_SECONDS = 1

HEAD = """
daemon off; master_process off; error_log stderr notice; pid {folder}/nginx.pid;
events {{ worker_connections 512; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  ssl_certificate {certificate}; ssl_certificate_key {key};
  proxy_http_version 1.1;
  map $http_upgrade $upgrade_or_close {{ default upgrade; '' close; }}
  {servers}
}}
"""

# Headers that a location sets replace those above it.
PASS = "proxy_pass http://127.0.0.1:{backend}; proxy_set_header Host $http_host;"
UPGRADE = PASS + " proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $upgrade_or_close;"

SERVERS = {
    "good": "location / {{ " + UPGRADE + " }}",
    # What nginx does when nobody thought of WebSocket.
    "no_upgrade": "location / {{ " + PASS + " }}",
    "stripped": "location / {{ " + UPGRADE + ' proxy_set_header Authorization ""; '
                'proxy_set_header Sec-WebSocket-Protocol ""; }}',
    "idle": "location / {{ " + UPGRADE + " proxy_read_timeout %ds; }}" % IDLE_SECONDS,
    "dead": "location / {{ proxy_pass http://127.0.0.1:{nobody}; }}",
    # Every path that nobody knows gets the page; only the API gets through.
    "spa": 'location / {{ default_type text/html; return 200 "<!doctype html><title>app</title>"; }} '
           "location /login {{ " + PASS + " }}",
    "moved": "location / {{ return 301 https://elsewhere.example.com$request_uri; }} "
             "location /login {{ " + PASS + " }}",
    "edge": "location / {{ auth_request /guard; " + UPGRADE + " }} "
            "location = /guard {{ internal; return 401; }} location /login {{ " + PASS + " }}",
}


class Nginx(Peer):
    """`backend` is a port; `at(name)` is the port of that server, `secure` one with TLS and h2."""

    def __init__(self, backend, *, only=None):
        super().__init__()
        names = [*(only or SERVERS), "secure"]
        self.ports = {name: free_port() for name in names}
        self.port = self.ports[names[0]]
        values = {"backend": backend, "nobody": free_port()}
        servers = ["server {{ listen 127.0.0.1:%d%s; %s }}" % (
            self.ports[name], " ssl http2" if name == "secure" else "",
            SERVERS["good" if name == "secure" else name]) for name in names]
        self.certificate, key = certificate.make(self.folder)
        (self.folder / "nginx.conf").write_text(HEAD.format(
            folder=self.folder, certificate=self.certificate, key=key,
            servers="\n  ".join(servers).format(**values)))

    def at(self, name):
        return self.ports[name]

    def command(self):
        return [program("nginx"), "-p", self.folder, "-e", "stderr", "-c", self.folder / "nginx.conf"]

    def ready(self):
        return all(open_port(port) for port in self.ports.values())
