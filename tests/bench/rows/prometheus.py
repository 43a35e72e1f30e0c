"""A real Prometheus that scrapes 500 mixed probes every five seconds: series, bytes, time."""

import contextlib
import json
import time
import urllib.parse

import sonde
from ground import free_port, get
from process import Child
from table import Row

EACH = 125  # of every kind
BUDGET = {"health": 35, "login": 45, "upgrade": 60, "chat": 130}  # series of one probe
OWN = 400  # series of the daemon itself
MOST_SECONDS = 0.5
EVERY = "5s"


def probes(ground):
    login = {"kind": "login", "target": "bench", "every": EVERY}
    upgrade = {"kind": "upgrade", "target": "bench", "every": EVERY, "token_in": "header",
               "url": "{{target.ws}}/websocket",
               "ready": {"type": "connection_established", "within": "5s"}}
    kinds = {"health": sonde.health(ground, EVERY), "login": login, "upgrade": upgrade,
             "chat": sonde.chat(ground, EVERY)}
    return {f"{kind}_{index}": probe for kind, probe in kinds.items() for index in range(EACH)}


@contextlib.contextmanager
def scraping(ground, daemon):
    """The port of a Prometheus that scrapes the daemon."""
    port = free_port()
    config = ground.scratch / "prometheus.json"
    config.write_text(json.dumps({
        "global": {"scrape_interval": EVERY, "scrape_timeout": EVERY},
        "scrape_configs": [{"job_name": "sonde", "static_configs": [
            {"targets": [f"127.0.0.1:{daemon.port}"]}]}]}))
    argv = ["prometheus", f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}",
            f"--storage.tsdb.path={ground.scratch / 'tsdb'}"]
    with Child(argv, ground.scratch / "prometheus.log") as _:
        yield port


def query(port, promql):
    answer = json.loads(get(port, "/api/v1/query?" + urllib.parse.urlencode({"query": promql})))
    return [float(one["value"][1]) for one in answer["data"]["result"]]


def first(port, promql, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, RuntimeError):
            if values := query(port, promql):
                return values[0]
        time.sleep(0.5)
    raise RuntimeError(f"Prometheus has no value of {promql}")


def rows(ground):
    what = f"{4 * EACH} mixed probes, scraped by Prometheus every 5 s"
    if not ground.sonde.exists():
        return [Row(what, "not measured")]
    config = sonde.site(ground)
    config["probes"] = probes(ground)
    with sonde.serving(ground, config, "prometheus") as daemon:
        time.sleep(6)  # each probe has run
        with scraping(ground, daemon) as port:
            first(port, f"count_over_time(up[5m]) >= {ground.pick(10, 3)}", seconds=120)
            missed = first(port, "count_over_time(up[5m]) - sum_over_time(up[5m])")
            series = first(port, "max_over_time(scrape_samples_scraped[5m])")
            took = first(port, "max_over_time(scrape_duration_seconds[5m])")
        size = len(get(daemon.port, "/metrics", seconds=30))
    most = EACH * sum(BUDGET.values()) + OWN
    return [Row(f"{what}: series", f"{series:.0f}, {size / 1e6:.1f} MB", target=f"<= {most}",
                reached=series <= most),
            Row(f"{what}: longest scrape", f"{took * 1e3:.0f} ms, {missed:.0f} missed",
                target=f"<= {MOST_SECONDS * 1e3:.0f} ms", reached=took <= MOST_SECONDS and not missed)]
