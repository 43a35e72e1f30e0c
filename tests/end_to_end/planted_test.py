"""A server that says back every secret that it is told, in every encoding: none is in any output of the daemon."""
import base64
import hashlib
import html
import http.server
import itertools
import json
import pathlib
import struct
import subprocess
import threading
import unittest
import urllib.parse

from world import SONDE, Folder, Serve, request, until

TOKEN = "T0k3n+with/signs=&<quoted>\"and\\more'%2f~0123456789abcdefGhIjKlMnOpQrStUv"
COOKIE = "c00kie!of~the#session$0815*4711"
REFRESH = "r3fr3sh/token+of=the&login-1234567890"
PASSWORD = "p4ss w0rd&of<alice>=\"+/%41'\\x4711"
TENANT = "t3nant-key/of+the=user&0987654321"
HOOK = "/h00k/T000/B0815/xX9yY8zZ7wW6vV5uU4tT3"
HOOK_TOKEN = "h00k-t0ken-5566778899-aAbBcC"
SECRETS = (TOKEN, COOKIE, REFRESH, PASSWORD, TENANT, HOOK, HOOK_TOKEN)

CONFIG = """
defaults: {{ every: 60ms, timeout: 2s, login: account, as: alice }}
targets:
  app:
    http: {http}
    auth: {http}
    ws: {ws}
    identities:
      alice: {{ username: alice@example.com, password: {{ file: {root}/password }}, tenant_key: {{ file: {root}/tenant }} }}
logins:
  account:
    method: json
    url: "{{{{target.auth}}}}/auth/login"
    body: {{ email: "{{{{identity.username}}}}", password: "{{{{identity.password}}}}" }}
  refused:
    method: json
    url: "{{{{target.auth}}}}/auth/refuse"
    body: {{ email: "{{{{identity.username}}}}", password: "{{{{identity.password}}}}" }}
    lockout: {{ after: 10000 }}
sockets:
  main: {{ url: "{{{{target.ws}}}}/websocket", token_in: {{ header: "Authorization: Bearer {{{{token | b64url}}}}" }},
          headers: {{ X-Tenant: "{{{{identity.tenant_key | urlenc}}}}" }},
          ready: {{ type: connection_established, within: 1s }} }}
probes:
  login: {{ kind: login, target: app, login: refused }}
  upgrade: {{ kind: upgrade, target: app, socket: main }}
  chat: {{ kind: chat, target: app, socket: main, url: "{{{{target.ws}}}}/chat", prompt: "hello" }}
alerts:
  Failing: {{ of: consecutive_failures, above: 1, severity: critical }}
receivers:
  hook: {{ webhook: {{ url: {{ file: {root}/hook }}, headers: {{ Authorization: {{ file: {root}/hook-token }} }} }},
          group_wait: 0s }}
storage: {{ path: {root}/store }}
"""


def each(text, form):
    return "".join(form % ord(char) for char in text)


def encodings(text):
    """How writers of JSON, HTML, URLs, forms, hex and base64 may write a text."""
    quoted = json.dumps(text)[1:-1]
    go = quoted.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    gson = go.replace("=", "\\u003d").replace("'", "\\u0027")
    yield from (text, quoted, go, gson, quoted.replace("/", "\\/"), json.dumps(quoted)[1:-1])
    for safe in ("", "/", "-_.~!*'()"):
        yield from (urllib.parse.quote(text, safe), urllib.parse.quote_plus(text, safe))
    yield from (html.escape(text), each(text, "%%%02x"), each(text, "&#%d;"), each(text, "&#x%x;"), each(text, "\\u%04x"),
                each(text, "\\x%02x"), each(text, "%02x"), each(text, "%02X"))
    for before in ("", "x", "xy"):
        written = base64.b64encode((before + text).encode()).decode()
        start, end = -(-len(before) * 8 // 6), len(before + text) * 8 // 6
        yield written[start:end]
        yield written[start:end].replace("+", "-").replace("/", "_")


FORMS = {secret: list(encodings(secret)) for secret in SECRETS}


def pieces(secret):
    for at in range(len(secret) - 7):
        for written in encodings(secret[at:at + 8]):
            yield written


def frame(opcode, payload):
    size = len(payload)
    head = bytes([0x80 | opcode])
    return head + (bytes([size]) if size < 126 else bytes([126]) + struct.pack(">H", size)) + payload


class Echo(http.server.ThreadingHTTPServer):
    """Takes everybody, and says everybody's secrets back, each time in the next encoding."""
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.turns = itertools.count()
        self.answers = 0
        self.told = []  # bodies that the receiver got
        self.url = "http://127.0.0.1:%d" % self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def gossip(self, *secrets):
        """What the prober knows to be secret, in the next encoding."""
        with self.lock:
            self.answers += 1
            turn = next(self.turns)
        return " ".join(FORMS[secret][turn % len(FORMS[secret])] for secret in secrets)


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        data = body.encode()
        self.send_response(status)
        for name, value in (("Content-Length", str(len(data))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        gossip = self.server.gossip(*((HOOK, HOOK_TOKEN) if self.path == HOOK else (PASSWORD,)))
        if self.path == "/auth/login":
            return self.answer(200, json.dumps({"access_token": TOKEN, "refresh_token": REFRESH}),
                               (("Content-Type", "application/json"),
                                ("Set-Cookie", "sid=%s; Path=/" % COOKIE)))
        if self.path == HOOK:
            with self.server.lock:
                self.server.told.append(body)
            return self.answer(500, "no %s %s %s" % (self.path, self.headers["Authorization"], gossip))
        return self.answer(401, json.dumps({"error": "p" * (190 - self.server.answers % 90) + gossip}),
                           (("Content-Type", "application/json"), ("X-Said", gossip)))

    def do_GET(self):
        gossip = self.server.gossip(TOKEN, COOKIE, REFRESH, PASSWORD, TENANT)
        if self.path == "/websocket":
            filled = "." * (4090 - self.server.answers % 80)
            return self.answer(403, filled + gossip, (("Location", "/login?" + gossip),
                                                      ("X-" + COOKIE[:7] + "-of-" + TENANT[:7], "1")))
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept",
                         base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        half = len(gossip) // 2
        said = frame(1, b'{"type":"connection_established"}')
        for text in ("about " + gossip[:half], gossip[half:], json.dumps({"type": gossip})):
            said += frame(1, text.encode())
        said += frame(8, struct.pack(">H", 1011) + gossip[-123:].encode()[:123])
        self.wfile.write(said)
        self.close_connection = True


class Planted(unittest.TestCase):
    def setUp(self):
        self.echo = Echo()
        self.addCleanup(self.echo.server_close)
        self.addCleanup(self.echo.shutdown)
        self.folder = Folder(self.echo.url, "", root="unset")
        self.addCleanup(self.folder.remove)
        root = pathlib.Path(self.folder.file.parent)
        for name, secret in (("password", PASSWORD), ("tenant", TENANT),
                             ("hook", self.echo.url + HOOK), ("hook-token", HOOK_TOKEN)):
            (root / name).write_text(secret)
        self.folder.values["root"] = self.root = root
        self.folder.write(CONFIG)
        self.wanted = [(secret, list(pieces(secret))) for secret in SECRETS]

    def expect_hidden(self, where, shown):
        for secret, written in self.wanted:
            for piece in written:
                if piece in shown:
                    at = shown.index(piece)
                    self.fail("%s shows %r of %r: %r" % (where, piece, secret,
                                                         shown[max(0, at - 200):at + 200]))

    def outputs(self, serve):
        """(name, text) of all that the daemon shows."""
        for path in ("/", "/metrics", "/api/v1/probes", "/api/v1/alerts", "/api/v1/rules", "/api/v1/targets",
                     "/api/v1/incidents", "/api/v1/status/config", "/feeds/app.atom", "/feeds/app.json"):
            status, _, body = request(serve.url, path)
            self.assertEqual(status, 200, path)
            yield path, body.decode()
        for probe in ("login", "upgrade", "chat"):
            status, _, body = request(serve.url, "/failures/%s/app" % probe)
            self.assertEqual(status, 200, probe)
            yield probe, body.decode()
        yield "the log", serve.process.said()
        yield "the receiver", "\n".join(self.echo.told)

    def test_the_daemon_shows_none(self):
        serve = Serve(self.folder)
        self.addCleanup(serve.process.stop)
        turns = 3 * len(list(encodings(TOKEN)))
        until(lambda: self.echo.answers > turns and self.echo.told)
        for where, shown in self.outputs(serve):
            self.expect_hidden(where, shown)
        self.assertEqual(serve.process.child.poll(), None)
        serve.process.child.terminate()
        serve.process.child.wait(30)
        for path in (self.root / "store").rglob("*"):
            if path.is_file():
                self.expect_hidden(path, path.read_bytes().decode("latin-1"))

    def test_a_run_by_hand_shows_none(self):
        for output in ("json", "text", "junit"):
            code, shown, errors = self.run_once(output)
            self.assertEqual(code, 1, errors)
            self.assertIn("chat", shown)
            self.expect_hidden("run --output=" + output, shown + errors)

    def run_once(self, output):
        done = subprocess.run([SONDE, "run", "--config.file", self.folder.file, "--output=" + output],
                              capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, done.stdout, done.stderr


if __name__ == "__main__":
    unittest.main()
