"""CPU of the main thread for one result: judging, counting, recording and the alert rules."""

import tempfile
import time

import sonde
from table import Row

PROBES = 1000
MOST_US = 20
RULES = {
    "ProbeSuccessLow": {"of": "probe_success", "below": "90%", "over": ["5m", "30m"],
                        "min_samples": 10, "severity": "critical"},
    "Slow": {"of": "latency", "measure": "duration", "above": "1s", "over": "5m",
             "severity": "warning"},
    "Failing": {"of": "consecutive_failures", "above": 3, "severity": "warning"},
    "Budget": {"of": "burn_rate", "rate": "probe_success", "objective": "99%", "burn": "page",
               "severity": "critical"},
}


def measure(ground, store, seconds):
    """(results a second, microseconds of the main thread for each)"""
    config = sonde.site(ground)
    for index in range(PROBES):
        config["probes"][f"health_{index}"] = sonde.health(ground, "500ms")
    config |= {"alerts": RULES, "storage": {"path": store}}
    with sonde.serving(ground, config, "deciding") as daemon:
        time.sleep(2)
        before, spent = daemon.page(), daemon.child.main_thread_cpu()
        time.sleep(seconds)
        spent = daemon.child.main_thread_cpu() - spent
        runs = sonde.gain(before, daemon.page(), "sonde_probe_runs_total")
    return runs / seconds, spent / runs * 1e6


def rows(ground):
    what = f"a result of {PROBES:,} probes, CPU of the main thread, stored and {len(RULES)} rules"
    target = f"< {MOST_US} us"
    if not ground.sonde.exists():
        return [Row(what, "not measured", target=target)]
    # Not the scratch folder: that may be in memory, where a sync costs nothing.
    with tempfile.TemporaryDirectory(dir=ground.build) as store:
        rate, each = measure(ground, store, ground.pick(20, 5))
    return [Row(what, f"{each:.1f} us at {rate:.0f}/s", target=target, reached=each < MOST_US)]
