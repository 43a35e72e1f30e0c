"""`sonde serve`, configured for a row and measured from outside."""

import contextlib
import json
import time
from subprocess import DEVNULL

from ground import free_port, get
from page import Page
from process import Child

READY_SECONDS = 20


class Daemon:
    def __init__(self, child, port):
        self.child = child
        self.port = port

    def page(self):
        return Page(get(self.port, "/metrics", seconds=30))

    def watch(self, seconds):
        """Lets it run so long: the pages before and after, and the CPU seconds between them."""
        before, cpu = self.page(), self.child.cpu()
        time.sleep(seconds)
        spent, after = self.child.cpu() - cpu, self.page()
        return before, after, spent

    def cpu_ms(self, seconds):
        """Milliseconds of CPU a run, over so long. All runs have to pass."""
        before, after, spent = self.watch(seconds)
        runs = gain(before, after, "sonde_probe_runs_total")
        bad = (gain(before, after, "sonde_probe_failures_total")
               + gain(before, after, "sonde_probe_inconclusive_total"))
        if bad > 0 or runs == 0:
            raise RuntimeError(f"{bad:.0f} of {runs:.0f} runs of sonde did not pass: "
                               f"{failures(after)}")
        return spent / runs * 1e3


def gain(before, after, name, **labels):
    return after.total(name, **labels) - before.total(name, **labels)


def failures(page):
    """What went wrong, for an error text."""
    said = []
    for name in ("sonde_probe_failures_total", "sonde_probe_inconclusive_total"):
        for labels, value in page.samples.get(name, {}).items():
            if value > 0:
                pairs = dict(labels)
                said.append(f"{pairs.get('step', '-')}/{pairs.get('reason', '-')} {value:.0f}")
    return ", ".join(sorted(set(said))[:5])


def site(ground, tls=False):
    """One target with an identity and a login, to which a row adds its probes."""
    (ground.scratch / "alice.pw").write_text("secret\n")
    (ground.scratch / "alice.pw").chmod(0o600)
    alice = {"username": "alice@example.com",
             "password": {"file": str(ground.scratch / "alice.pw")}}
    return {
        "defaults": {"timeout": "10s", "login": "account", "as": "alice"},
        "targets": {"bench": {"http": ground.base(tls), "auth": ground.base(),
                              "ws": ground.base(tls, websocket=True),
                              "identities": {"alice": alice}}},
        "logins": {"account": {
            "method": "json", "url": "{{target.auth}}/auth/login",
            "body": {"email": "{{identity.username}}", "password": "{{identity.password}}"},
            "token": "/access_token"}},
        "probes": {},
    }


def health(ground, every, path="/api/health", tls=False):
    probe = {"kind": "health", "target": "bench", "every": every, "in_flight": 100,
             "url": "{{target.http}}" + path,
             "expect": {"status": 200, "json": {"/status": "healthy"}}}
    return with_ca(ground, probe) if tls else probe


def chat(ground, every, think_ms=0, in_flight=100, timeout="10s", tls=False):
    query = f"?think={think_ms}" if think_ms else ""
    probe = {"kind": "chat", "target": "bench", "every": every, "in_flight": in_flight,
             "timeout": timeout, "dialect": "agent-events", "challenge": "product",
             "prompt": "what is {{challenge}}?", "gap_max": timeout, "settle": "0s",
             "url": "{{target.ws}}/websocket" + query, "token_in": "header",
             "reuse": "0%",
             "ready": {"type": "connection_established", "within": timeout}}
    return with_ca(ground, probe) if tls else probe


def with_ca(ground, probe):
    return probe | {"tls": {"ca": str(ground.ca)}}


@contextlib.contextmanager
def serving(ground, config, name):
    """A Daemon with this configuration. JSON is YAML."""
    file = ground.scratch / f"{name}.yaml"
    file.write_text(json.dumps(config, indent=1))
    port = free_port()
    argv = [ground.sonde, "serve", f"--config.file={file}",
            f"--web.listen-address=127.0.0.1:{port}"]
    with Child(argv, ground.scratch / f"{name}.log", stdout=DEVNULL) as child:
        wait_until_ready(child, port)
        yield Daemon(child, port)


def wait_until_ready(child, port):
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if child.process.poll() is not None:
            raise RuntimeError(f"sonde ended: {child.log.read_text()[-800:]}")
        with contextlib.suppress(OSError, RuntimeError):
            get(port, "/-/ready", seconds=1)
            return
        time.sleep(0.05)
    raise RuntimeError(f"sonde was not ready within {READY_SECONDS} s")


def health_cpu_ms(ground, tls, probes=None):
    """CPU of a health probe at 2,000 a second, or 500 over TLS, or 100 for each of `probes`; None
    without a binary."""
    if not ground.sonde.exists():
        return None
    config = site(ground, tls)
    for index in range(probes or (5 if tls else 20)):
        config["probes"][f"health_{index}"] = health(ground, "10ms", tls=tls)
    with serving(ground, config, "health") as daemon:
        time.sleep(1)
        return daemon.cpu_ms(ground.pick(6, 3))


def chat_cpu_ms(ground):
    """CPU of login + upgrade + chat at 500 a second; None without a binary."""
    if not ground.sonde.exists():
        return None
    config = site(ground)
    for index in range(5):
        config["probes"][f"chat_{index}"] = chat(ground, "10ms")
    with serving(ground, config, "chat") as daemon:
        time.sleep(1)
        return daemon.cpu_ms(ground.pick(6, 3))
