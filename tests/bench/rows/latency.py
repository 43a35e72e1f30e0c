"""By how much a measured latency exceeds a delay that the server puts in.

A histogram knows its samples only by bucket. So the server is given delays that fall short of a
bucket's bound by several margins: the least margin at which 99 of 100 samples still stay below the
bound is what the error does not exceed. It holds everything between the two clocks: connecting,
the loopback, the server's own timer.

What the machine adds of it is seen by a client of a blocking socket and nothing else, which asks
the same server meanwhile.
"""

import json
import socket
import time

import sonde
from ground import get
from page import grown
from table import Row

NAME = "sonde_probe_duration_seconds"
MARGINS_MS = [0.15, 0.2, 0.3, 0.4, 0.6, 1.0, 1.5, 2.5]
LEAST_BOUND, MOST_BOUND = 0.008, 0.06


def a_bound(ground):
    """A bucket bound of the daemon that suits, read from its own page."""
    config = sonde.site(ground)
    config["probes"]["health"] = sonde.health(ground, "100ms")
    with sonde.serving(ground, config, "bounds") as daemon:
        bounds = daemon.page().buckets(NAME)
    return next(bound for bound in bounds if LEAST_BOUND <= bound <= MOST_BOUND)


def bare_ms(ground, bound, seconds):
    """The p99 of the same error for a client that does nothing else, in ms."""
    delay = bound / 2
    request = f"GET /delay/{round(delay * 1e6)} HTTP/1.0\r\n\r\n".encode()
    end, errors = time.monotonic() + seconds, []
    while time.monotonic() < end:
        start = time.perf_counter()
        with socket.create_connection(("127.0.0.1", ground.plain_port)) as client:
            client.sendall(request)
            client.recv(4096)
            errors.append(time.perf_counter() - start - delay)
        time.sleep(0.02)
    return sorted(errors)[len(errors) * 99 // 100] * 1e3


def measured(ground, bound, probes_each, every_ms, seconds):
    """(the least margin that holds 99 %, runs a second, the bare client's p99, the server's own),
    times in ms."""
    config = sonde.site(ground)
    for index, margin in enumerate(MARGINS_MS):
        path = f"/delay/{round(bound * 1e6 - margin * 1e3)}"
        for copy in range(probes_each):
            config["probes"][f"m{index}_{copy}"] = sonde.health(ground, f"{every_ms}ms", path)
    with sonde.serving(ground, config, "latency") as daemon:
        time.sleep(1)
        get(ground.plain_port, "/overshoot")
        before = daemon.page()
        bare = bare_ms(ground, bound, seconds)
        after = daemon.page()
        own = json.loads(get(ground.plain_port, "/overshoot"))["p99_seconds"] * 1e3
    rate = sonde.gain(before, after, "sonde_probe_runs_total") / seconds
    return error_ms(before, after, bound, probes_each), rate, bare, own


def error_ms(before, after, bound, probes_each):
    """The least margin that holds 99 %; inf if none does."""
    for index, margin in enumerate(MARGINS_MS):
        below = total = 0
        for copy in range(probes_each):
            probe = f"m{index}_{copy}"
            gained = grown(before.buckets(NAME, probe=probe), after.buckets(NAME, probe=probe))
            below += gained.get(bound, 0)
            total += gained.get(float("inf"), 0)
        if total and below >= 0.99 * total:
            return margin
    return float("inf")


def row(ground, bound, rate, most_ms, probes_each, every_ms):
    what, target = f"error of a measured latency at {rate} probes/s, p99", f"<= {most_ms} ms"
    if bound is None:
        return Row(what, "not measured", target=target)
    error, made, bare, own = measured(ground, bound, probes_each, every_ms, ground.pick(40, 6))
    shown = f"<= {error:g} ms" if error <= MARGINS_MS[-1] else f"> {MARGINS_MS[-1]} ms"
    floor = f"a bare client {bare:.2f} ms, of it the server {own:.2f} ms"
    return Row(what, f"{shown} at {made:.0f}/s", floor, "-",
               target, error <= most_ms and made >= 0.98 * rate)


def rows(ground):
    bound = a_bound(ground) if ground.sonde.exists() else None
    return [row(ground, bound, 100, 0.3, probes_each=1, every_ms=80),
            row(ground, bound, 2000, 1.5, probes_each=5, every_ms=20)]
