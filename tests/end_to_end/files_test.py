"""Files that are not what they should be: removed, full, links, FIFOs, closed descriptors."""
import http.server
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import threading
import unittest

import yaml

from world import SONDE, Process, free_port, request, until, value_on


class Refuses(http.server.BaseHTTPRequestHandler):
    """A target that fails, so that each run leaves evidence."""

    def do_GET(self):
        self.send_response(500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self):
        body = b'{"access_token":"eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.eyJzdWIiOiJhIn0.c2ln"}'
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that was cut


def in_mount_namespace():
    done = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    return done.returncode == 0


class Files(unittest.TestCase):
    def setUp(self):
        self.server = Server(("127.0.0.1", 0), Refuses)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.file = self.root / "sonde.yaml"
        self.store = self.root / "store"

    def write(self, count=1, every="100ms", **more):
        probe = {"kind": "health", "target": "t", "every": every, "timeout": "5s", "url": self.url}
        self.file.write_text(yaml.safe_dump({
            "targets": {"t": {"http": self.url}},
            "probes": {"p%d" % n: dict(probe) for n in range(count)}, **more}))

    def serve(self, *through):
        process = Process(*through, SONDE, "serve", "--config.file", self.file,
                          "--web.listen-address", "127.0.0.1:0", "--log.format", "logfmt")
        self.addCleanup(lambda: process.child.poll() is None and process.child.kill())
        url = "http://" + process.await_said(r"address=\"?([0-9.:]+)").group(1)
        return process, lambda name, **labels: value_on(
            request(url, "/metrics")[2].decode(), name, **labels)

    def results(self, path=None):
        with sqlite3.connect(path or self.store / "sonde.db") as database:
            return database.execute("SELECT count(*) FROM results").fetchone()[0]

    def test_a_store_that_is_removed_is_noticed_and_made_again(self):
        self.write(storage={"path": str(self.store)})
        process, value = self.serve()
        until(lambda: value("sonde_store_writes_total") >= 2)
        for name in list(self.store.iterdir()):
            name.unlink()
        until(lambda: "removed or replaced" in process.said())
        until(lambda: (self.store / "sonde.db").exists())
        until(lambda: value("sonde_store_degraded") == 0)
        writes = value("sonde_store_writes_total")
        until(lambda: value("sonde_store_writes_total") >= writes + 2)
        self.assertEqual(value("sonde_store_rows_lost_total"), 0)
        self.assertEqual(process.stop(), 0)
        self.assertGreater(self.results(), 10)

    @unittest.skipUnless(in_mount_namespace(), "no mount namespace")
    def test_a_small_disk_that_was_full_is_used_again(self):
        self.store.mkdir()
        self.write(10, "20ms", storage={"path": str(self.store)})
        mount = "mount -t tmpfs -o size=4m,mode=700 tmpfs %s && exec \"$@\"" % self.store
        process, value = self.serve("unshare", "-m", "sh", "-c", mount, "sh")
        disk = pathlib.Path("/proc/%d/root%s" % (process.child.pid, self.store))
        until(lambda: value("sonde_store_writes_total") >= 2)
        filler = disk / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 16384)
            except OSError:
                pass
        until(lambda: value("sonde_store_degraded") == 1)
        runs = value("sonde_probe_runs_total", probe="p0")
        until(lambda: value("sonde_probe_runs_total", probe="p0") > runs + 200)
        size = value("sonde_store_size_bytes", file="db")
        os.truncate(filler, filler.stat().st_size - 1024 * 1024)
        until(lambda: value("sonde_store_size_bytes", file="db") > size + 100_000)
        filler.unlink()
        until(lambda: value("sonde_store_degraded") == 0)
        self.assertEqual(value("sonde_store_rows_lost_total"), 0)
        self.assertEqual(process.stop(), 0)

    def test_run_with_closed_descriptors_ends_as_usual_and_keeps_its_file_clean(self):
        self.write()
        out = self.root / "out.json"
        done = subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", SONDE, "run",
                               "--config.file", self.file, "--output=json", "--output.file", out],
                              timeout=60, check=False)
        self.assertEqual(done.returncode, 1, "the probe fails")
        self.assertEqual([json.loads(line)["probe"] for line in out.read_text().splitlines()], ["p0"])
        for command in (["check"], ["schema"], ["rules"], ["run"]):
            done = subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", SONDE, *command,
                                   "--config.file", self.file], timeout=60, check=False)
            self.assertIn(done.returncode, (0, 1), command)

    def test_a_fifo_in_the_place_of_a_file_blocks_nothing(self):
        fifo = self.root / "fifo"
        os.mkfifo(fifo)
        login = {"method": "json", "url": self.url, "body": {"p": "{{identity.password}}"}}
        identity = {"alice": {"username": "a", "password": {"file": str(fifo)}}}
        secret = self.root / "secret"
        secret.write_text("x\n")
        refresh = {"method": "refresh", "url": self.url, "first": {"file": str(secret)},
                   "state_file": str(fifo)}
        cases = {
            "include": {"include": [str(fifo)]},
            "a secret": {"identities": identity, "logins": {"l": login}},
            "ca": {"probes": {"p": {"kind": "health", "target": "t", "every": "1s", "timeout": "900ms",
                                    "url": self.url.replace("http:", "https:"),
                                    "tls": {"ca": str(fifo)}}}},
            "state_file": {"logins": {"l": refresh}, "probes": {"p": {
                "kind": "login", "target": "t", "every": "1s", "timeout": "900ms", "login": "l",
                "as": "alice"}}, "identities": {"alice": {"client_id": "a"}}},
            "jwks_file": {"logins": {"l": {**login, "jwt": {"jwks_file": str(fifo)}}}, "probes": {"p": {
                "kind": "login", "target": "t", "every": "1s", "timeout": "900ms", "login": "l", "as": "alice"}},
                "identities": {"alice": {"username": "a", "password": {"file": str(secret)}}}},
        }
        for name, more in cases.items():
            with self.subTest(name):
                self.write(**more)
                done = subprocess.run([SONDE, "run", "--config.file", self.file], timeout=20,
                                      capture_output=True, text=True, check=False)
                self.assertIn("not a regular file", done.stdout + done.stderr)

    def test_a_link_in_the_place_of_a_lock_is_not_followed(self):
        precious = self.root / "precious"
        precious.write_text("precious")
        self.store.mkdir()
        (self.store / "sonde.lock").symlink_to(precious)
        self.write(storage={"path": str(self.store)})
        process, value = self.serve()
        until(lambda: value("sonde_store_degraded") == 1)
        self.assertIn("symbolic link", process.said())
        self.assertEqual(process.stop(), 0)
        self.assertEqual(precious.read_text(), "precious")

    def test_a_folder_that_everybody_may_write_in_is_told(self):
        self.store.mkdir()
        self.store.chmod(0o777)
        self.write(storage={"path": str(self.store)})
        done = subprocess.run([SONDE, "check", "--config.file", self.file], capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertIn("warning: storage.path: everybody may write in the folder", done.stderr)


    def test_standard_error_on_a_full_disk_stops_nothing(self):
        self.store.mkdir()
        self.store.chmod(0o777)  # of which every command warns
        self.write(storage={"path": str(self.store)})
        port = free_port()
        with open("/dev/full", "w", encoding="utf-8") as full:
            for command in ("check", "rules"):
                done = subprocess.run([SONDE, command, "--config.file", self.file], stderr=full,
                                      stdout=subprocess.PIPE, check=False)
                self.assertEqual((command, done.returncode), (command, 0))
            wrong = subprocess.run([SONDE, "run", "nobody", "--config.file", self.file],
                                   stderr=full, check=False)
            self.assertEqual(wrong.returncode, 64)
            serve = subprocess.Popen([SONDE, "serve", "--config.file", self.file,
                                      "--web.listen-address", "127.0.0.1:%d" % port], stderr=full)
        self.addCleanup(lambda: serve.poll() is None and serve.kill())

        def answers():
            self.assertIsNone(serve.poll())
            try:
                return request("http://127.0.0.1:%d" % port, "/-/healthy")[0] == 200
            except OSError:
                return False
        until(answers)
        serve.terminate()
        self.assertEqual(serve.wait(30), 0)

    def test_output_that_cannot_be_written_is_no_success(self):
        self.write()
        given = ["--config.file", self.file]
        reader, gone = os.pipe()
        os.close(reader)
        self.addCleanup(os.close, gone)
        with open("/dev/full", "w", encoding="utf-8") as full:
            for arguments in (["check", *given], ["rules", *given], ["schema"],
                              ["schema", "--keys"], ["--help"]):
                for out in (full, gone):
                    with self.subTest(arguments, out=out):
                        done = subprocess.run([SONDE, *arguments], stdout=out, check=False,
                                              stderr=subprocess.DEVNULL)
                        self.assertEqual(done.returncode, 74)


if __name__ == "__main__":
    unittest.main()
