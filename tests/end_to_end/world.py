"""Starts the real binaries on free ports, and ends them by process id."""
import ctypes
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARIES = pathlib.Path(os.environ.get("SONDE_BINARY_DIR", SOURCE / "build" / "dev"))
SONDE = BINARIES / "sonde"
DEMO = BINARIES / "sonde-demo"
# Sanitizers and a busy machine are slow; a wait ends as soon as what it waits for is there.
PATIENCE = 180.0


def until(question, patience=PATIENCE, every=0.02):
    """The first true answer to `question`, asked again and again; fails after `patience`."""
    end = time.monotonic() + patience
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError("nothing came within %.0f s" % patience)
        time.sleep(every)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def request(base, path, method="GET", headers=None, body=None, context=None):
    """(status, headers, body) of one HTTP exchange; `context`: of TLS, for https."""
    url = urllib.parse.urlsplit(base)
    if url.scheme == "https":
        connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=20, context=context)
    else:
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def _die_with_parent():
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


class Process:
    """A child whose output goes to a file, so that it never blocks; it never outlives its test."""

    def __init__(self, *command, environment=None, pass_fds=()):
        self.output = tempfile.NamedTemporaryFile("w+", suffix=".log")
        self.child = subprocess.Popen(
            [str(part) for part in command], stdout=self.output, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})}, pass_fds=pass_fds,
            preexec_fn=_die_with_parent)

    def said(self):
        return pathlib.Path(self.output.name).read_text(errors="replace")

    def await_said(self, pattern):
        def look():
            if self.child.poll() is not None:
                raise AssertionError("ended with %s:\n%s" % (self.child.returncode, self.said()))
            return re.search(pattern, self.said())
        return until(look)

    def stop(self, how=signal.SIGTERM, patience=PATIENCE):
        if self.child.poll() is None:
            self.child.send_signal(how)
        try:
            return self.child.wait(patience)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            raise AssertionError("did not stop:\n" + self.said()) from None
        finally:
            self.output.close()


class Demo:
    def __init__(self, *flags):
        self.process = Process(DEMO, "--listen", "127.0.0.1:0", "--think", "5ms", *flags)
        self.url = self.process.await_said(r"listening on (https?://\S+)").group(1)

    def fault(self, name, **parameters):
        status, _, body = request(self.url, "/faults/%s?%s" % (
            name, urllib.parse.urlencode(parameters)), "PUT")
        assert status == 200, (name, status, body)

    def heal(self):
        assert request(self.url, "/faults", "DELETE")[0] in (200, 204)

    def stop(self):
        self.process.stop()


# A demo as the target, and how alice logs in there.
HEAD = """
defaults: {{ every: {every}, timeout: {timeout}, login: account, as: alice }}
targets:
  demo:
    http: {http}
    auth: {http}
    ws: {ws}
    identities:
      alice: {{ username: alice@example.com, password: {{ file: {password} }} }}
logins:
  account:
    method: json
    url: "{{{{target.auth}}}}/auth/login"
    body: {{ email: "{{{{identity.username}}}}", password: "{{{{identity.password}}}}" }}
    jwt: {{ algorithms: [RS256] }}
"""
CONFIG = HEAD + """
sockets:
  main:
    url: "{{{{target.ws}}}}/websocket"
    ready: {{ type: connection_established, within: 1s,
              identity: {{ at: /data/user_id, equals: "{{{{identity.username}}}}" }} }}
probes:
  api_health: {{ kind: health, target: demo, url: "{{{{target.http}}}}/api/health",
                 expect: {{ json: {{ /status: healthy }}, max_latency: {max_latency} }} }}
  login: {{ kind: login, target: demo }}
  upgrade: {{ kind: upgrade, target: demo, socket: main, refuse: [no_token, garbage_token],
              negative_auth_min_interval: 50ms }}
  chat: {{ kind: chat, target: demo, socket: main, gap_max: {gap_max}, settle: 100ms,
           challenge: product,
           prompt: "Use the calculator tool: what is {{{{challenge}}}}? Reply with the number only." }}
"""


class Folder:
    """A configuration in a folder of its own."""

    def __init__(self, demo_url, text=CONFIG, **values):
        self.folder = tempfile.TemporaryDirectory()
        root = pathlib.Path(self.folder.name)
        (root / "alice.pw").write_text("alice-password\n")
        self.file = root / "sonde.yaml"
        self.values = {"every": "200ms", "timeout": "6s", "gap_max": "2s", "max_latency": "5s",
                       "http": demo_url, "ws": demo_url.replace("http://", "ws://"),
                       "password": root / "alice.pw", **values}
        self.write(text)

    def write(self, text, **values):
        self.file.write_text(text.format(**{**self.values, **values}))

    def remove(self):
        self.folder.cleanup()


def run_sonde(folder, *arguments, through=(), environment=None):
    """(exit code, results by probe, standard error) of one `sonde run --output=json`.

    `through`: a command that runs it."""
    done = subprocess.run(
        [*through, SONDE, "run", "--config.file", folder.file, "--output=json", *arguments],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, **(environment or {})})
    results = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {result["probe"]: result for result in results}, done.stderr


class Serve:
    def __init__(self, folder, *flags, environment=None):
        self.process = Process(SONDE, "serve", "--config.file", folder.file,
                               "--web.listen-address", "127.0.0.1:0", "--log.format", "logfmt",
                               *flags, environment=environment)
        self.url = "http://" + self.process.await_said(r"address=\"?([0-9.:]+)").group(1)
        self.scraper = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=20)

    def metrics(self):
        """Over a connection that stays open, as Prometheus scrapes."""
        try:
            self.scraper.request("GET", "/metrics")
            return self.scraper.getresponse().read().decode()
        except (http.client.HTTPException, OSError):
            self.scraper.close()  # it was idle for too long, or the daemon is gone
            return request(self.url, "/metrics")[2].decode()

    def value(self, name, **labels):
        return value_on(self.metrics(), name, **labels)


# Counters whose series appear with their first event.
RARE = {"sonde_probe_%s_total" % name for name in (
    "failures", "conclusions", "flaky", "inconclusive", "skipped")} | {"sonde_auth_failures_total"}


def value_on(page, name, **labels):
    """The sum of the series of that name with these labels on a page of metrics; None if there is none."""
    found = 0.0 if name in RARE else None
    for line in page.splitlines():
        match = re.match(r"(\w+)(?:\{(.*)\})? (\S+)$", line)
        if not match or match.group(1) != name:
            continue
        has = dict(re.findall(r'(\w+)="([^"]*)"', match.group(2) or ""))
        if all(has.get(key) == value for key, value in labels.items()):
            found = (found or 0.0) + float(match.group(3))
    return found
