"""A thousand reloads under load, half of them of a broken file: nothing grows, no result is lost or doubled."""
import collections
import contextlib
import http.server
import pathlib
import sqlite3
import statistics
import tempfile
import threading
import time
import unittest

from world import SONDE, Folder, Serve, request

SANITIZED = SONDE.parent.name in ("asan", "tsan")  # it keeps freed memory, and is slow
RELOADS = 200 if SANITIZED else 1000
UNCHANGED, CHANGED = 5, 5
EVERY = 0.25  # seconds


def probes(generation):
    """Half of the probes change with each generation; the port of the target is {http}."""
    head = ("storage: {{ path: {storage} }}\ndefaults: {{ every: 250ms, timeout: 2s }}\n"
            "targets: {{ server: {{ http: {http} }} }}\nprobes:\n")
    line = "  %s: {{ kind: health, target: server, url: \"{{{{target.http}}}}/%s\"%s }}\n"
    same = [line % (name, name, "") for name in ("same_%d" % i for i in range(UNCHANGED))]
    other = [line % (name, name, ", expect: {{ max_latency: %dms }}" % (1000 + generation))
             for name in ("other_%d" % i for i in range(CHANGED))]
    return head + "".join(same + other)


class Counter:
    """A server that counts the requests for each path."""

    def __init__(self, test):
        self.counts = collections.Counter()
        counter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                counter.counts[self.path.strip("/")] += 1
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128  # with the usual 5, a client sometimes waits a second

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]
        thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        test.addCleanup(self.server.server_close)
        test.addCleanup(thread.join)
        test.addCleanup(self.server.shutdown)


class Reloads(unittest.TestCase):
    def setUp(self):
        self.server = Counter(self)
        storage = tempfile.TemporaryDirectory()
        self.addCleanup(storage.cleanup)
        self.store = pathlib.Path(storage.name) / "store"
        self.folder = Folder(self.server.url, probes(0), storage=self.store)
        self.addCleanup(self.folder.remove)
        self.serve = Serve(self.folder, "--web.enable-lifecycle")
        self.addCleanup(self.serve.process.stop)

    def held(self):
        """(resident KB, descriptors, threads) of the daemon."""
        process = pathlib.Path("/proc/%d" % self.serve.process.child.pid)
        status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        return (int(status["VmRSS"].split()[0]), len(list((process / "fd").iterdir())),
                int(status["Threads"]))

    def reload(self, generation):
        """A good file and a broken one in turn."""
        good = generation % 2 == 0
        self.folder.write(probes(generation) if good else probes(generation) + "  - broken: [\n")
        status = request(self.serve.url, "/-/reload", "PUT")[0]
        self.assertEqual(status == 200, good, status)

    def results(self):
        """{probe: [(started, took)] in seconds}, from the store."""
        found = collections.defaultdict(list)
        with contextlib.closing(sqlite3.connect(self.store / "sonde.db")) as store:
            for name, ended, took in store.execute(
                    "SELECT checks.name, ended, took_us FROM results JOIN names AS checks ON "
                    "checks.id = check_id JOIN names AS outcomes ON outcomes.id = outcome "
                    "WHERE outcomes.name != 'skipped'"):
                found[name.split("/")[1]].append((ended / 1e3, took / 1e6))
        return found

    def test_a_thousand_under_load_leave_nothing_behind(self):
        for generation in range(100):  # caches and pools reach their size
            self.reload(generation)
        before = self.held()
        begun = time.monotonic()
        for generation in range(100, RELOADS):
            self.reload(generation)
        took = time.monotonic() - begun
        after = self.held()
        if not SANITIZED:
            self.assertLess(after[0], before[0] * 1.15, "resident memory, KB")
        self.assertLessEqual(after[1], before[1] + 2 * (UNCHANGED + CHANGED), (before, after))
        self.assertEqual(after[2], before[2], "threads")
        page = self.serve.metrics()
        self.assertIn("sonde_config_last_reload_successful 0", page)
        self.assertEqual(self.serve.process.stop(), 0)
        print("%d reloads in %.1f s, RSS %d to %d KB" % (RELOADS - 100, took, before[0], after[0]))
        self.judge(self.results(), took)

    def judge(self, results, took):
        self.assertEqual(len(results), UNCHANGED + CHANGED)
        for probe, runs in results.items():
            served = self.server.counts[probe]
            # A run that a reload or the stop cut off was served and has no result; one only for a
            # probe that did not change.
            self.assertLessEqual(len(runs), served, probe)
            if probe.startswith("same"):
                self.assertGreaterEqual(len(runs), served - 1, probe)
                self.assertGreater(len(runs), took / EVERY * 0.5, probe)
                self.phase(probe, runs)

    def phase(self, probe, runs):
        """Nine of ten runs begin at the same point of the interval."""
        starts = [(ended - took) % EVERY for ended, took in runs]
        middle = statistics.median(starts)
        apart = [min(abs(start - middle), EVERY - abs(start - middle)) for start in starts]
        near = sum(one < EVERY / 5 for one in apart)
        self.assertGreater(near, 0.9 * len(runs), (probe, sorted(starts)))


if __name__ == "__main__":
    unittest.main()
