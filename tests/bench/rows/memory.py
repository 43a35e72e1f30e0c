"""Resident memory with 100 probes after a scrape."""

import time

import blackbox
import sonde
from table import Row

MOST_MB = 20
MB = 1024 * 1024


def exporter_rss(ground):
    with blackbox.running(ground) as exporter:
        exporter.probe([f"{ground.base()}/api/health?probe={index}" for index in range(100)])
        return exporter.child.rss()


def sonde_rss(ground):
    config = sonde.site(ground)
    for index in range(50):
        config["probes"][f"health_{index}"] = sonde.health(ground, "1s")
        config["probes"][f"chat_{index}"] = sonde.chat(ground, "1s")
    with sonde.serving(ground, config, "memory") as daemon:
        time.sleep(ground.pick(10, 4))
        daemon.page()
        return daemon.child.rss()


def rows(ground):
    peer = exporter_rss(ground)
    what, target = "resident memory, 100 probes, after a scrape", f"<= {MOST_MB} MB"
    peer_text = f"blackbox_exporter {peer / MB:.1f} MB"
    if not ground.sonde.exists():
        return [Row(what, "not measured", peer_text, "-", target)]
    ours = sonde_rss(ground)
    return [Row(what, f"{ours / MB:.1f} MB", peer_text, f"{ours / peer:.2f} x", target,
                ours <= MOST_MB * MB)]
