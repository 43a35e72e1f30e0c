"""tests/bench/run calls this: runs the rows, and prints the one table."""

import argparse
import datetime
import importlib
import platform
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "rows")]

import ground  # noqa: E402  (after the path)
import table  # noqa: E402

ROWS = ["health", "tls", "chat", "sessions", "lateness", "latency", "scrape", "prometheus", "memory", "record",
        "deciding", "pages"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="the build folder")
    parser.add_argument("--quick", action="store_true", help="a sanity pass")
    parser.add_argument("--only", action="append", choices=ROWS, help="only this row")
    return parser.parse_args()


def first_line(*argv):
    """What a tool says of its version; both outputs, since some use the wrong one."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=20)
    return (done.stdout + done.stderr).strip().splitlines()[0]


def package(name):
    return first_line("dpkg-query", "-W", "-f=${Version}", name)


def versions():
    node_ws = (ground.PEERS / "node_modules/ws/package.json").read_text()
    ws = next(line for line in node_ws.splitlines() if '"version"' in line).split('"')[3]
    return ", ".join([
        f"blackbox_exporter {package('prometheus-blackbox-exporter')}",
        f"ab {package('apache2-utils')}", first_line("openssl", "version").split(" (")[0],
        f"Node {first_line('node', '--version')} with ws {ws}",
        f"Python websockets {package('python3-websockets')}"])


def measure(name, place):
    """The rows of one group. One that cannot be measured is a row that says why."""
    start = time.monotonic()
    try:
        rows = importlib.import_module(name).rows(place)
    except (RuntimeError, OSError, StopIteration) as error:
        reason = " ".join(str(error).split())[:400] or type(error).__name__
        print(f"bench: {name}: {reason}", file=sys.stderr)
        rows = [table.Row(name, "failed, see above", reached=False)]
    print(f"bench: {name} took {time.monotonic() - start:.0f} s", file=sys.stderr)
    return rows


def main():
    options = arguments()
    if not (options.build / "tests/bench/sonde-bench-server").exists():
        sys.exit(f"bench: no sonde-bench-server in {options.build}; leave --no-build away")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rows = []
    for name in options.only or ROWS:  # each with a server of its own: what one left behind ends
        with tempfile.TemporaryDirectory(prefix="sonde-bench-") as folder, \
                ground.standing(options.build.resolve(), Path(folder), options.quick) as place:
            rows += measure(name, place)
    today = datetime.datetime.now(datetime.UTC).date()
    print(f"{today}, {platform.machine()}, Linux {platform.release()}; {versions()}\n")
    print(table.markdown(rows))
    failed = any(row.ours.startswith("failed") for row in rows)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
