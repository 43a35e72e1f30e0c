"""CPU of one health probe over a fresh TCP connection: blackbox_exporter and ab.

ab asks again as soon as it was answered, so it never waits for a timer and its caches are warm. A
daemon sleeps between its beats, and a processor that was woken works slower. So it is measured at
2,000 runs a second and also as busy as ab is.
"""

import blackbox
import sonde
from process import cpu_of_command
from rounds import least
from table import compared

WHAT = "health probe, fresh TCP connection, CPU"
BUSY = 80  # probes, every 10 ms: about what a server on the other core answers


def ab_cpu_ms(url, count):
    cpu, _ = cpu_of_command(["ab", "-q", "-n", count, "-c", "1", url], 120)
    return cpu / count * 1e3


def rows(ground):
    url = ground.base() + "/api/health"
    count = ground.pick(20000, 4000)
    with blackbox.running(ground) as exporter:
        ours, busy, ab_ms, exporter_ms = least(
            ground.pick(3, 1),
            lambda: sonde.health_cpu_ms(ground, tls=False),
            lambda: sonde.health_cpu_ms(ground, tls=False, probes=BUSY),
            lambda: ab_cpu_ms(url, count),
            lambda: exporter.cpu_ms(url, count // 10))
    return [
        compared(WHAT, ours, "ab", ab_ms, "<= 1.5 x ab", most=1.5),
        compared(f"{WHAT}, {BUSY * 100:,}/s", busy, "ab", ab_ms, "-"),
        compared(WHAT, ours, "blackbox_exporter", exporter_ms, "<= 1/7", most=1 / 7),
    ]
