"""A service that counts how often each account is refused in a row, wherever its secret is shown.

It refuses every secret while it is strict. What anybody may ask it answers without a look at the
secret, on the same paths.
"""
import base64
import hashlib
import json
import re
import socketserver
import struct
import threading
import time
import urllib.parse

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
FORM = b"<form method=post><input name=user><input type=password name=password></form>"
GREETING = {"type": "connection_established"}


class Accounts:
    def __init__(self):
        self.lock = threading.Lock()
        self.in_a_row, self.worst, self.shown = {}, {}, {}
        self.strict = True

    def show(self, user):
        """Whether the secret is accepted."""
        with self.lock:
            self.shown[user] = self.shown.get(user, 0) + 1
            row = self.in_a_row.get(user, 0) + 1 if self.strict else 0
            self.in_a_row[user] = row
            self.worst[user] = max(self.worst.get(user, 0), row)
            return not self.strict


def user_of(method, target, headers, body):
    """Whose secret a request shows; None: nobody's, or the service does not look."""
    url = urllib.parse.urlsplit(target)
    query = dict(urllib.parse.parse_qsl(url.query))
    if "public" in target or "public" in body or url.path == "/favicon.ico":
        return None
    if url.path in ("/login", "/form", "/token", "/refresh", "/step"):
        found = re.search(r"(u\d+)", urllib.parse.unquote(body)) if method == "POST" else None
        return found.group(1) if found else None
    if url.path.startswith("/frames"):
        return None
    if headers.get("authorization", "").startswith("Basic "):
        text = base64.b64decode(headers["authorization"][6:] + "==", validate=False)
        return text.decode(errors="replace").partition(":")[0]
    cookie = re.search(r"session=(u\d+)", headers.get("cookie", ""))
    return query.get("user") or headers.get("x-user") or (cookie.group(1) if cookie else None)


class Client(socketserver.StreamRequestHandler):
    """One connection; a request, or a session."""

    def handle(self):
        try:
            while self.exchange():
                pass
        except (OSError, ValueError):
            pass

    def exchange(self):
        line = self.rfile.readline(65536).decode("latin-1").split()
        if len(line) != 3:
            return False
        headers = {}
        while (field := self.rfile.readline(65536).decode("latin-1").rstrip("\r\n")):
            name, _, value = field.partition(":")
            headers[name.lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", "0"))).decode(errors="replace")
        method, target = line[0], line[1].removeprefix("/v2")
        self.accounts = self.server.accounts
        greets = target.startswith("/greets")
        user = user_of(method, target, headers, body)
        if user and not greets and not self.accounts.show(user):
            return self.answer(401, {"error": "wrong password"})
        if headers.get("upgrade", "").lower() == "websocket":
            self.session(headers, user if greets else None, target)
            return False
        if target == "/form":
            return self.form(method)
        return self.answer(200, {"access_token": "token-of-%s" % user, "token_type": "Bearer",
                                 "refresh_token": "again-%s" % user, "expires_in": 1})

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.wfile.write(b"HTTP/1.1 %d Answer\r\nContent-Type: application/json\r\n"
                         b"Content-Length: %d\r\n\r\n%s" % (status, len(body), body))
        return True

    def form(self, method):
        if method == "POST":
            head = b"302 Found\r\nLocation: /home\r\nSet-Cookie: session=granted; Path=/"
        else:
            head = b"200 OK\r\nContent-Type: text/html"
        page = b"" if method == "POST" else FORM
        self.wfile.write(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (head, len(page), page))
        return True

    def session(self, headers, greeted, target):
        digest = hashlib.sha1((headers["sec-websocket-key"] + MAGIC).encode()).digest()
        self.wfile.write(b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                         b"Sec-WebSocket-Accept: %s\r\n\r\n" % base64.b64encode(digest))
        if not target.startswith("/frames"):
            self.send(GREETING)
        if greeted and not self.accounts.show(greeted):
            time.sleep(0.08)
            return self.frame(8, struct.pack(">H", 4401))
        while (message := self.receive()) is not None:
            user = re.search(r'"user": ?"(u\d+)"', message)
            if user and not self.accounts.show(user.group(1)):
                self.send({"type": "denied"})
                return self.frame(8, struct.pack(">H", 1000))
            self.send(GREETING if user else {"type": "done", "text": "hello"})

    def send(self, value):
        self.frame(1, json.dumps(value).encode())

    def frame(self, opcode, payload):
        self.wfile.write(bytes([0x80 | opcode, len(payload)]) + payload)

    def receive(self):
        while True:
            head = self.rfile.read(2)
            if len(head) < 2:
                return None
            size = head[1] & 127
            if size == 126:
                size = struct.unpack(">H", self.rfile.read(2))[0]
            mask, body = self.rfile.read(4), self.rfile.read(size)
            text = bytes(byte ^ mask[i % 4] for i, byte in enumerate(body))
            if head[0] & 15 == 8:
                self.frame(8, text[:2])
                return None
            if head[0] & 15 == 1:
                return text.decode(errors="replace")


class Service(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 256

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Client)
        self.accounts = Accounts()
        self.url = "127.0.0.1:%d" % self.server_address[1]
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()


def write_secret(path, text):
    path.touch(mode=0o600)
    path.write_text(text)


def config(service, folder):
    """Twelve accounts, each of which shows its secret in another way; three refusals are allowed."""
    users = ["u%d" % number for number in range(1, 13)]
    for user in users:
        write_secret(folder / user, "secret-of-%s\n" % user)
    write_secret(folder / "first", "first-of-u6\n")
    (folder / "store").mkdir(mode=0o700)  # `sonde run` uses it only if it is there
    identities = "".join("  %s: { username: %s, password: { file: %s } }\n" % (
        user, user, folder / user) for user in users)
    return TEXT.replace("@IDENTITIES", identities).replace("@HOST", service.url).replace(
        "@FOLDER", str(folder))


TEXT = r"""
storage: { path: "@FOLDER/store" }
workers: 2
defaults: { every: 100ms, timeout: 20s, retry: { max: 1 }, in_flight: 4 }
targets:
  one: { http: "http://@HOST", auth: "http://@HOST", ws: "ws://@HOST",
         lockout: { after: 3, cooldown: 1h } }
  two: { http: "http://@HOST/two", auth: "http://@HOST/v2", ws: "ws://@HOST",
         lockout: { after: 10, cooldown: 5m } }
identities:
@IDENTITIES
logins:
  json: { url: "{{target.auth}}/login", body: { user: "{{identity.username}}", password: "{{identity.password}}" } }
  form: { method: form, url: "{{target.auth}}/form", success: { cookie: session } }
  steps: { method: steps, requests: [{ url: "{{target.auth}}/step", capture: { token: { json: /access_token } },
           json: { user: "{{identity.username}}", password: "{{identity.password}}" } }] }
  grant: { method: oauth2_password, url: "{{target.auth}}/token", username: "{{identity.username}}",
           password: "{{identity.password}}" }
  refresh: { method: refresh, url: "{{target.auth}}/refresh", client_id: web, client_secret: "", first: { file: "@FOLDER/first" },
             state_file: "@FOLDER/refresh" }
  basic: { method: token, token: "{{identity.basic}}" }
sockets:
  basic: { url: "{{target.ws}}/ws", token_in: none, ready: { type: connection_established, within: 500ms },
           headers: { Authorization: "Basic {{identity.basic}}" } }
  token: { url: "{{target.ws}}/ws", token_in: { header: "Authorization: Basic {{token}}" },
           ready: { type: connection_established, within: 500ms } }
  query: { url: "{{target.ws}}/ws?user={{identity.username}}&key={{identity.password}}", token_in: none,
           ready: { type: connection_established, within: 500ms } }
  cookie: { url: "{{target.ws}}/ws", token_in: none, ready: { type: connection_established, within: 500ms },
            headers: { Cookie: "session={{identity.username}}.{{identity.password}}" } }
  greets: { url: "{{target.ws}}/greets", token_in: none, ready: { type: connection_established, within: 500ms },
            headers: { Authorization: "Basic {{identity.basic}}" } }
  frames: { url: "{{target.ws}}/frames", token_in: none, ready: { within: 15s } }
dialects:
  talk:
    type: [/type]
    send: { prompt: "{{prompt}}" }
    events: { done: { type: done, terminal: ok } }
    answer: /text
  hello:
    extends: talk
    rules: [{ when: { type: denied }, fail: auth_rejected_after_accept }]
    steps: [{ send: { user: "{{identity.username}}", password: "{{identity.password}}" } }]
    ready: { type: connection_established }
  asks:
    type: [/type]
    request: { url: "{{target.http}}/ask", body: "{{prompt}}",
               headers: { Authorization: "Basic {{identity.basic}}" } }
    events: { done: { type: done, terminal: ok } }
    answer: /text
probes:
  u1_login: { kind: login, target: one, as: u1, login: json, parallel: 3 }
  u1_me: { kind: health, target: one, as: u1, url: "{{target.http}}/me", headers: { Authorization: "Basic {{identity.basic}}" } }
  u2_private: { kind: health, target: one, as: u2, url: "{{target.http}}/api?a=me&n={{nonce(6)}}",
                headers: { Authorization: "Basic {{identity.basic}}" } }
  u2_public: { kind: health, target: one, as: u2, url: "{{target.http}}/api?a=public",
               headers: { Authorization: "Basic {{identity.basic}}" } }
  u3_upgrade: { kind: upgrade, target: one, as: u3, login: basic, socket: token,
                refuse: [garbage_token, wrong_password], negative_auth_min_interval: 100ms }
  u4_upgrade: { kind: upgrade, target: one, as: u4, socket: query }
  u4_private: { kind: health, target: one, as: u4, method: POST, url: "{{target.http}}/graphql", body: "{ me { id } }",
                headers: { X-User: "{{identity.username}}", X-Key: "{{identity.password}}" } }
  u4_public: { kind: health, target: one, as: u4, method: POST, url: "{{target.http}}/graphql", body: "{ public }",
               headers: { X-User: "{{identity.username}}", X-Key: "{{identity.password}}" } }
  u5_upgrade: { kind: upgrade, target: one, as: u5, socket: cookie }
  u5_apart: { kind: isolation, target: one, socket: cookie, dialect: talk, sessions: [{ as: u5 }, { as: u5 }],
              same_user: forbid, listener: false, abort: false, prompt: "hello", canary: "{{nonce(8)}}" }
  u6_refresh: { kind: login, target: one, as: u6, login: refresh }
  u7_frames: { kind: upgrade, target: one, as: u7, socket: frames, dialect: hello }
  u7_chat: { kind: chat, target: one, as: u7, socket: frames, dialect: hello, prompt: "hello" }
  u8_hold: { kind: upgrade, target: one, as: u8, socket: greets, hold: { for: 3s } }
  u8_chat: { kind: chat, target: one, as: u8, socket: greets, dialect: talk, prompt: "hello" }
  u8_apart: { kind: isolation, target: one, socket: greets, dialect: talk, sessions: [{ as: u8 }, { as: u8 }, { as: u8 }],
              same_user: forbid, listener: false, abort: false, prompt: "hello", canary: "{{nonce(8)}}" }
  u9_login: { kind: login, target: [one, two], as: u9, login: json }
  u9_me: { kind: health, target: two, as: u9, url: "{{target.http}}/me", headers: { Authorization: "Basic {{identity.basic}}" } }
  u10_chat: { kind: chat, target: one, as: u10, socket: frames, dialect: asks, prompt: "hello",
              ready: { silent: true, within: 50ms } }
  u11_login: { kind: login, target: one, as: u11, login: form }
  u11_me: { kind: health, target: two, as: u11, login: form, url: "{{target.http}}/me", headers: { Cookie: "{{cookies}}" } }
  u11_steps: { kind: login, target: one, as: u11, login: steps }
  u12_login: { kind: login, target: [one, two], as: u12, login: grant }
  u12_chat: { kind: chat, target: two, as: u12, socket: greets, dialect: talk, prompt: "hello" }
"""
