"""How late runs begin at 2,000 probes a second."""

import time

import sonde
from page import grown, quantile_bound
from table import Row

NAME = "sonde_scheduler_lateness_seconds"
MOST_SECONDS = 0.001


def rows(ground):
    what, target = "scheduling lateness at 2,000 probes/s, p99", "<= 1 ms"
    if not ground.sonde.exists():
        return [Row(what, "not measured", target=target)]
    config = sonde.site(ground)
    for index in range(20):
        config["probes"][f"health_{index}"] = sonde.health(ground, "10ms")
    seconds = ground.pick(60, 5)
    with sonde.serving(ground, config, "lateness") as daemon:
        time.sleep(1)
        before, after, _ = daemon.watch(seconds)
    bound = quantile_bound(grown(before.buckets(NAME), after.buckets(NAME)), 0.99)
    rate = sonde.gain(before, after, "sonde_probe_runs_total") / seconds
    skipped = sonde.gain(before, after, "sonde_probe_skipped_total")
    shown = f"<= {bound * 1e3:g} ms at {rate:.0f}/s, {skipped:.0f} skipped"
    return [Row(what, shown, target=target, reached=bound <= MOST_SECONDS and rate >= 1980)]
