"""What a probe, a series and a scrape cost, for deploy/SCALING.md: prints its tables.

Usage: python3 tests/bench/scaling.py [--build build/release] [--quick]"""

import argparse
import contextlib
import gzip
import http.client
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sonde
from ground import free_port, get, standing
from process import Child

MB = 1024 * 1024
OPEN_METRICS = "application/openmetrics-text; version=1.0.0"


def login(ground, every):
    return {"kind": "login", "target": "bench", "every": every}


def upgrade(ground, every):
    probe = sonde.chat(ground, every)
    kept = ("target", "every", "in_flight", "timeout", "url", "token_in", "ready")
    return {"kind": "upgrade"} | {key: probe[key] for key in kept}


def health_tls(ground, every):
    return sonde.health(ground, every, tls=True)


KINDS = {"health": sonde.health, "health, TLS": health_tls, "login": login, "upgrade": upgrade,
         "chat": sonde.chat}


def config(ground, kind, count, every, folder):
    file = sonde.site(ground)
    file["storage"] = {"path": str(folder)}
    file["alerts"] = {"Outage": {"of": "consecutive_failures", "above": 2}}
    if not kind.startswith("health"):
        file["alerts"]["AuthSuccessRateLow"] = {"of": "auth_success", "below": "90%", "over": ["10m", "30m"]}
    if kind == "chat":
        file["alerts"]["EventDeliveryLow"] = {"of": "event_delivery", "below": "95%", "over": "30m"}
    # Ten probes, each at a tenth as many targets; a file may have 1 MB.
    file["targets"] = {f"target_{number}": file["targets"]["bench"] for number in range(count // 10)}
    file["probes"] = {f"probe_{number}": KINDS[kind](ground, every) | {"target": list(file["targets"])}
                      for number in range(10)}
    return file


@contextlib.contextmanager
def running(ground, kind, count, every):
    with tempfile.TemporaryDirectory(dir=ground.scratch) as folder:
        with sonde.serving(ground, config(ground, kind, count, every, folder), "scaling") as daemon:
            yield daemon


def scrape(port):
    """(seconds, bytes, compressed bytes, series) of a scrape as Prometheus does it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    with contextlib.closing(connection):
        begin = time.monotonic()
        connection.request("GET", "/metrics", headers={"Accept": OPEN_METRICS, "Accept-Encoding": "gzip"})
        body = connection.getresponse().read()
        took = time.monotonic() - begin
    text = gzip.decompress(body)
    return took, len(text), len(body), sum(1 for line in text.splitlines() if not line.startswith(b"#"))


def table(head, rows):
    """Prints each row when it is measured."""
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)
    print()


def runs_of_kinds(ground):
    """CPU of a run, at 50 a second."""
    for kind in KINDS:
        with running(ground, kind, 50, "1s") as daemon:
            time.sleep(3)
            before, cpu = daemon.page(), daemon.child.cpu()
            time.sleep(ground.pick(40, 10))
            spent, after = daemon.child.cpu() - cpu, daemon.page()
            runs = sonde.gain(before, after, "sonde_probe_runs_total")
            failed = sonde.gain(before, after, "sonde_probe_failed_runs_total")
            yield kind, f"{spent / runs * 1e3:.2f} ms", f"{runs:.0f}, of which {failed:.0f} failed"


def sizes(ground):
    """Memory, series and scrapes of many probes, all of which have run."""
    for kind, count in (("health", 10), ("health", 1000), ("health", 5000), ("upgrade", 1000),
                        ("chat", 10), ("chat", 1000)):
        with running(ground, kind, count, "30s") as daemon:
            time.sleep(ground.pick(70, 32))
            scrape(daemon.port)
            time.sleep(2)
            cpu = daemon.child.cpu()
            scrapes = [scrape(daemon.port) for _ in range(10)]
            spent = (daemon.child.cpu() - cpu) / len(scrapes)
            took = sorted(one[0] for one in scrapes)[len(scrapes) // 2]
            _, size, compressed, series = scrapes[-1]
            yield (kind, count, f"{daemon.child.rss() / MB:.1f} MB", series, f"{size / 1e3:.0f} KB",
                   f"{compressed / 1e3:.0f} KB", f"{took * 1e3:.0f} ms", f"{spent * 1e3:.0f} ms")


def judged(ground):
    """What 1,000 probes cost Prometheus: memory, samples, and a round of the rules that `sonde rules` makes."""
    for kind, count in (("upgrade", 100), ("upgrade", 1000), ("chat", 100), ("chat", 1000)):
        with running(ground, kind, count, "10s") as daemon, \
                tempfile.TemporaryDirectory(dir=ground.scratch) as folder:
            root = Path(folder)
            rules = subprocess.run([ground.sonde, "rules", f"--config.file={ground.scratch / 'scaling.yaml'}"],
                                   check=True, capture_output=True, text=True).stdout
            (root / "rules.yml").write_text(rules)
            (root / "prometheus.yml").write_text(json.dumps({
                "global": {"scrape_interval": "15s", "evaluation_interval": "15s"},
                "rule_files": [str(root / "rules.yml")],
                "scrape_configs": [{"job_name": "sonde", "static_configs": [
                    {"targets": [f"127.0.0.1:{daemon.port}"]}]}]}))
            port = free_port()
            with Child(["prometheus", f"--config.file={root / 'prometheus.yml'}",
                        f"--storage.tsdb.path={root / 'data'}", f"--web.listen-address=127.0.0.1:{port}"],
                       root / "log", stdout=subprocess.DEVNULL) as prometheus:
                time.sleep(ground.pick(50, 35))  # all series are there, and each group was judged
                cpu, begin = prometheus.cpu(), time.monotonic()
                time.sleep(ground.pick(60, 30))
                share = (prometheus.cpu() - cpu) / (time.monotonic() - begin)
                page = get(port, "/metrics", seconds=30)
                yield (kind, count, value(page, "prometheus_tsdb_head_series"),
                       f"{prometheus.rss() / MB:.0f} MB", f"{share * 100:.1f} %",
                       f"{sum_of(page, 'prometheus_rule_group_last_duration_seconds') * 1e3:.0f} ms")


def value(page, name):
    return next(line.split()[1] for line in page.splitlines() if line.startswith(name + " "))


def sum_of(page, name):
    return sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith(name + "{"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=("runs", "sizes", "prometheus"), action="append")
    options = parser.parse_args()
    parts = {
        "runs": (runs_of_kinds, ("kind", "CPU of a run", "runs measured")),
        "sizes": (sizes, ("kind", "probes", "resident memory", "series", "a scrape", "compressed", "its time",
                          "its CPU")),
        "prometheus": (judged, ("kind", "probes", "series in Prometheus, with those of the rules", "its memory",
                                "its CPU, of one core", "a round of the rules"))}
    with tempfile.TemporaryDirectory() as folder, \
            standing(options.build.resolve(), Path(folder), options.quick) as ground:
        for name, (part, head) in parts.items():
            if not options.only or name in options.only:
                table(head, part(ground))


if __name__ == "__main__":
    sys.exit(main())
