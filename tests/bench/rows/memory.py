"""Resident memory with 100 probes and 30 days of windows, after a scrape."""

import contextlib
import sqlite3
import tempfile
import time

import blackbox
import sonde
from table import Row

MOST_MB = 20
MB = 1024 * 1024
TIERS = ((10, 360), (120, 180), (600, 144), (3600, 720))  # seconds and number of their buckets


def exporter_rss(ground):
    with blackbox.running(ground) as exporter:
        exporter.probe([f"{ground.base()}/api/health?probe={index}" for index in range(100)])
        return exporter.child.rss()


def fill(database):
    """Every bucket of 30 days, of each series in the store: a run a second, and one that failed."""
    with contextlib.closing(sqlite3.connect(database)) as store, store:
        series = [row[0] for row in store.execute("SELECT DISTINCT series_id FROM buckets")]
        for tier, (step, kept) in enumerate(TIERS):
            now = int(time.time()) // step
            store.executemany("INSERT OR REPLACE INTO buckets VALUES (?, ?, ?, ?, 1)",
                              [(tier, slot, one, step)
                               for slot in range(now - kept + 1, now) for one in series])
    return len(series)


def sonde_rss(ground):
    """Of a daemon that starts with a full store, and how many series that has."""
    config = sonde.site(ground)
    for index in range(50):
        config["probes"][f"health_{index}"] = sonde.health(ground, "1s")
        config["probes"][f"chat_{index}"] = sonde.chat(ground, "1s")
    with tempfile.TemporaryDirectory(dir=ground.build) as folder:
        config["storage"] = {"path": folder}
        with sonde.serving(ground, config, "memory"):
            time.sleep(3)  # each probe has run: the store knows the names of its series
        series = fill(f"{folder}/sonde.db")
        with sonde.serving(ground, config, "memory") as daemon:
            time.sleep(ground.pick(10, 4))
            daemon.page()
            return daemon.child.rss(), series


def rows(ground):
    peer = exporter_rss(ground)
    what, target = "resident memory, 100 probes, after a scrape", f"<= {MOST_MB} MB"
    peer_text = f"blackbox_exporter {peer / MB:.1f} MB"
    if not ground.sonde.exists():
        return [Row(what, "not measured", peer_text, "-", target)]
    ours, series = sonde_rss(ground)
    return [Row(f"resident memory, 100 probes with 30 days of windows ({series} series) in use, "
                "after a scrape", f"{ours / MB:.1f} MB", peer_text, f"{ours / peer:.2f} x", target,
                ours <= MOST_MB * MB)]
