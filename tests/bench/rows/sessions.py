"""Resident memory of one open chat session, with 10,000 of them open at once."""

import time

import sonde
from table import Row

THINK_MS = 110_000
OPEN_SECONDS = 90
PROBES = 10
MOST_KB = {False: 18, True: 38}


def open_sessions(ground, tls, each):
    """Holds `each` sessions of every probe open: (how many are open, resident bytes)."""
    config = sonde.site(ground, tls)
    for index in range(PROBES):
        config["probes"][f"chat_{index}"] = sonde.chat(
            ground, "20ms", think_ms=THINK_MS, in_flight=each, timeout="120s", tls=tls)
    with sonde.serving(ground, config, "sessions") as daemon:
        deadline = time.monotonic() + OPEN_SECONDS
        while time.monotonic() < deadline:
            time.sleep(1)
            page = daemon.page()
            count = page.total("sonde_probe_in_flight")
            if count >= PROBES * each:
                break
        time.sleep(2)  # the last ones are in flight, but have not sent yet
        bad = sonde.failures(daemon.page())
        if bad:
            raise RuntimeError(f"sessions of sonde ended early: {bad}")
        return count, daemon.child.rss()


def row(ground, tls):
    name = "TLS" if tls else "plain"
    wanted = ground.pick(10_000, 1_000)
    what = f"open chat sessions, {name}, memory each"
    target = f"{wanted} at once, <= {MOST_KB[tls]} KB each"
    if not ground.sonde.exists():
        return Row(what, "not measured", target=target)
    few, small = open_sessions(ground, tls, 1)
    many, large = open_sessions(ground, tls, wanted // PROBES)
    each = (large - small) / (many - few) / 1024
    reached = many >= wanted and each <= MOST_KB[tls]
    return Row(what, f"{each:.1f} KB, {many:.0f} open", target=target, reached=reached)


def rows(ground):
    return [row(ground, tls) for tls in (False, True)]
