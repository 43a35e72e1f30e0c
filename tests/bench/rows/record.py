"""The store: how long it takes to open a month of windows, and 10,000 results a second."""

import subprocess
import tempfile

from table import Row

START_SECONDS = 1


def rows(ground):
    program = ground.build / "tests/bench/sonde-store-bench"
    # Not the scratch folder: that may be in memory, where a sync costs nothing.
    with tempfile.TemporaryDirectory(dir=ground.build) as folder:
        done = subprocess.run([program, folder, str(ground.pick(20, 4))], check=True,
                              capture_output=True, text=True, timeout=300)
    start, flood = (line.split() for line in done.stdout.splitlines())
    offered, kept, lost = map(int, flood[:3])
    return [
        Row(f"start with 30 days of 100 probes in the store ({int(start[0]):,} buckets)",
            f"{float(start[1]):.2f} s", target=f"< {START_SECONDS} s",
            reached=float(start[1]) < START_SECONDS),
        Row(f"results lost of {offered:,}, at 10,000/s of 1,000 probes", f"{offered - kept:,}",
            target="0", reached=kept == offered and lost == 0),
    ]
