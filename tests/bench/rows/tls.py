"""CPU of one health probe with a full, verified TLS 1.3 handshake."""

import re

import blackbox
import sonde
from process import cpu_of_command
from rounds import least
from table import compared

WHAT = "health probe, TLS 1.3 full handshake, verified, CPU"


def s_time_cpu_ms(ground, seconds):
    """Handshakes alone: s_time without -www asks nothing."""
    cpu, output = cpu_of_command(
        ["openssl", "s_time", "-new", "-connect", f"127.0.0.1:{ground.tls_port}",
         "-CAfile", ground.ca, "-verify", "2", "-time", seconds], seconds + 30)
    count = int(re.search(r"(\d+) connections in .* real seconds", output)[1])
    return cpu / count * 1e3


def rows(ground):
    url = ground.base(tls=True) + "/api/health"
    with blackbox.running(ground) as exporter:
        ours, s_time_ms, exporter_ms = least(
            ground.pick(3, 1),
            lambda: sonde.health_cpu_ms(ground, tls=True),
            lambda: s_time_cpu_ms(ground, ground.pick(4, 2)),
            lambda: exporter.cpu_ms(url, ground.pick(1500, 400)))
    return [
        compared(WHAT, ours, "s_time, handshake alone", s_time_ms, "<= 1.0 x s_time", most=1.0),
        compared(WHAT, ours, "blackbox_exporter", exporter_ms, "-"),
    ]
