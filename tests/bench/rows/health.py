"""CPU of one health probe over a fresh TCP connection: blackbox_exporter and ab."""

import blackbox
import sonde
from process import cpu_of_command
from rounds import least
from table import compared

WHAT = "health probe, fresh TCP connection, CPU"


def ab_cpu_ms(url, count):
    cpu, _ = cpu_of_command(["ab", "-q", "-n", count, "-c", "1", url], 120)
    return cpu / count * 1e3


def rows(ground):
    url = ground.base() + "/api/health"
    count = ground.pick(20000, 4000)
    with blackbox.running(ground) as exporter:
        ours, ab_ms, exporter_ms = least(
            ground.pick(3, 1),
            lambda: sonde.health_cpu_ms(ground, tls=False),
            lambda: ab_cpu_ms(url, count),
            lambda: exporter.cpu_ms(url, count // 10))
    return [
        compared(WHAT, ours, "ab", ab_ms, "<= 1.5 x ab", most=1.5),
        compared(WHAT, ours, "blackbox_exporter", exporter_ms, "<= 1/7", most=1 / 7),
    ]
