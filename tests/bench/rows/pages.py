"""How long the API takes to list and show recorded runs of 1,000 probes and 30 days."""

import os
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

import sonde
from ground import get
from table import Row

PROBES = 1000
DAYS = 30
TARGET_MS = 50
HEALTHY = {"connect": 300, "request": 20, "first_byte": 2500, "body": 40}


def varint(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def name_ids(database, names):
    database.executemany("INSERT OR IGNORE INTO names (name) VALUES (?)", [(n,) for n in names])
    return {name: database.execute("SELECT id FROM names WHERE name = ?", (name,)).fetchone()[0]
            for name in names}


def run_rows(ids, checks, every, now_ms):
    """A run of each check in `every` seconds, the oldest first; one of 200 failed."""
    phases = b"".join(varint(ids[name]) + varint(us) for name, us in HEALTHY.items())
    row = 0
    for beat in range(DAYS * 86400 // every):
        ended = now_ms - DAYS * 86_400_000 + beat * every * 1000
        second = (ended // 1000).to_bytes(4, "big")
        for index, check in enumerate(checks):
            row += 1
            failed = (beat + index) % 200 == 0
            yield (row, check, ended + index, 3000, 1, ids["fail" if failed else "pass"],
                   ids["health"], ids["bad_status" if failed else "ok"],
                   second + os.urandom(12), phases)


def fill(file, every):
    """Results as the daemon writes them, at once; the number of rows."""
    database = sqlite3.connect(file)
    database.execute("PRAGMA synchronous=OFF")
    checks = [f"health/health_{index}/bench" for index in range(PROBES)]
    ids = name_ids(database, [*checks, "pass", "fail", "ok", "bad_status", "health", *HEALTHY])
    made = run_rows(ids, [ids[check] for check in checks], every, int(time.time() * 1000))
    with database:
        for table in ("results", "evidence", "transcripts"):
            database.execute("DELETE FROM " + table)
        database.executemany(
            "INSERT INTO results (id, check_id, ended, took_us, attempt, outcome, step, reason, "
            "run, phases, linked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)", made)
        database.execute(
            "INSERT INTO evidence (id, check_id, ended, took_us, attempt, outcome, step, reason, "
            "detail, run) SELECT id, check_id, ended, took_us, attempt, outcome, step, reason, "
            "'HTTP 500', run FROM results WHERE outcome = ?", (ids["fail"],))
    count = database.execute("SELECT count(*) FROM results").fetchone()[0]
    some = [run.hex() for (run,) in database.execute(
        "SELECT run FROM results WHERE id % ? = 0 LIMIT 200", (max(1, count // 200),))]
    database.close()
    return count, some


def questions(some):
    """Paths of the API, as a page and a person ask for them."""
    day_ago = int(time.time()) - 86400
    for turn, run in enumerate(some):
        probe = f"health_{turn * 7 % PROBES}"
        yield "newest of a probe", f"/api/v1/probes/{probe}/runs"
        yield "a day of a probe", f"/api/v1/probes/{probe}/runs?since={day_ago}&limit=500"
        yield "failures of a probe", f"/api/v1/probes/{probe}/runs?verdict=fail"
        yield "a week ago", f"/api/v1/probes/{probe}/runs?until={day_ago - 6 * 86400}"
        yield "failures of all", "/api/v1/runs?verdict=fail"
        yield "newest of all", "/api/v1/runs"
        yield "one run", f"/api/v1/runs/{run}"


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(port, some):
    took = {}
    for what, path in questions(some):
        start = time.monotonic()
        get(port, path, seconds=30)
        took.setdefault(what, []).append((time.monotonic() - start) * 1e3)
    return took


def rows(ground):
    what = "95 % of API answers about runs, 1,000 probes and 30 days"
    if not ground.sonde.exists():
        return [Row(what, "not measured", target=f"< {TARGET_MS} ms")]
    # Not the scratch folder: that may be in memory.
    with tempfile.TemporaryDirectory(dir=ground.build) as folder:
        config = sonde.site(ground)
        config["storage"] = {"path": folder, "retention": {"age": "365d", "size": "64GB"}}
        for index in range(PROBES):
            config["probes"][f"health_{index}"] = sonde.health(ground, "60s")
        with sonde.serving(ground, config, "pages"):
            pass  # it makes the file
        count, some = fill(Path(folder) / "sonde.db", ground.pick(240, 3600))
        with sonde.serving(ground, config, "pages") as daemon:
            time.sleep(2)
            took = measure(daemon.port, some[: ground.pick(200, 20)])
    every = [value for values in took.values() for value in values]
    slowest = max(took, key=lambda name: quantile(took[name], 0.95))
    p95 = quantile(every, 0.95)
    return [Row(f"{what} ({count:,} results)", f"{p95:.1f} ms",
                f"median {statistics.median(every):.1f} ms; slowest: {slowest}, "
                f"{quantile(took[slowest], 0.95):.1f} ms",
                target=f"< {TARGET_MS} ms", reached=p95 < TARGET_MS)]
