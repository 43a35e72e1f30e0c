"""Several daemons with one file: whose accounts they use, and what one knows that takes over."""
import http.server
import json
import re
import signal
import subprocess
import threading
import unittest

from world import SONDE, Folder, Serve, request, run_sonde, until, value_on

FILE = """
location: nowhere
defaults: {{ every: 200ms, timeout: 2s, login: account, as: alice }}
targets:
  demo: {{ http: "{http}" }}
identities:
  alice: {{ username: "alice-{{{{location}}}}-{{{{shard}}}}", password: {{ file: "{folder}/{{{{location}}}}.pw" }} }}
logins:
  account:
    method: json
    url: "{{{{target.http}}}}/login"
    body: {{ email: "{{{{identity.username}}}}", password: "{{{{identity.password}}}}" }}
probes:
  login: {{ kind: login, target: demo }}
storage: {{ path: "{folder}/{{{{location}}}}-{{{{shard}}}}" }}
"""


class Service:
    """Lets everybody in, and notes who came with which password."""

    def __init__(self, test):
        self.seen = set()
        seen = self.seen

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                seen.add((body["email"], body["password"]))
                answer = b'{"access_token": "t"}'
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        test.addCleanup(self.server.server_close)
        test.addCleanup(self.server.shutdown)
        self.url = "http://127.0.0.1:%d" % self.server.server_address[1]


class Several(unittest.TestCase):
    def setUp(self):
        self.service = Service(self)
        self.folder = Folder(self.service.url, FILE, folder="unset")
        self.addCleanup(self.folder.remove)
        root = self.folder.file.parent
        self.folder.write(FILE, folder=root)
        for location in ("eu", "us", "nowhere"):
            (root / (location + ".pw")).write_text(location + "-secret\n")

    def serve(self, *flags):
        serve = Serve(self.folder, *flags)
        self.addCleanup(lambda: serve.process.child.poll() is None and serve.process.stop())
        return serve

    def test_each_location_and_shard_has_its_account_also_after_a_reload(self):
        for location, shard in (("eu", 0), ("eu", 1), ("us", 1)):
            serve = self.serve("--location=" + location, "--shard.count=2", "--shard.replicas=2",
                               "--shard.index=sonde-%d" % shard)
            account = ("alice-%s-%d" % (location, shard), location + "-secret")
            until(lambda: account in self.service.seen)
            self.service.seen.clear()
            serve.process.child.send_signal(signal.SIGHUP)
            serve.process.await_said("msg=reloaded")
            self.service.seen.clear()
            until(lambda: account in self.service.seen)
            serve.process.stop()
            self.assertEqual(self.service.seen, {account})
            self.service.seen.clear()
        self.assertEqual(run_sonde(self.folder, "--location=us")[0], 0)
        self.assertEqual(run_sonde(self.folder)[0], 0)
        self.assertEqual(self.service.seen,
                         {("alice-us-0", "us-secret"), ("alice-nowhere-0", "nowhere-secret")})

    def test_a_shard_runs_any_probe_on_request_and_says_whose_the_recorded_runs_are(self):
        for shard in (0, 1):
            serve = self.serve("--location=eu", "--shard.count=2", "--shard.index=%d" % shard)
            if not json.loads(request(serve.url, "/api/v1/probes")[2])["data"]["probes"]:
                break
            serve.process.stop()
        self.service.seen.clear()
        status, _, page = request(serve.url, "/probe?module=login&target=demo")
        self.assertEqual((status, value_on(page.decode(), "probe_success")), (200, 1), page)
        self.assertEqual(self.service.seen, {("alice-eu-%d" % shard, "eu-secret")})
        for path in ("/api/v1/badge/login.svg", "/api/v1/probes/login/runs", "/probes/login/demo"):
            status, _, body = request(serve.url, path)
            self.assertEqual(status, 404, path)
            self.assertIn("shard %d of 2 does" % (1 - shard), body.decode(), path)
        self.assertEqual(request(serve.url, "/probe?module=logn&target=demo")[0], 400)
        self.assertEqual(request(serve.url, "/api/v1/badge/logn.svg")[0], 404)

    def test_a_location_that_could_lead_elsewhere_is_refused(self):
        for location in ("../../etc", "..", "{{shard}}", "a/b", "x" * 61):
            done = subprocess.run([SONDE, "check", "--config.file", self.folder.file, "--location=" + location],
                                  capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 64, done.stdout + done.stderr)
            self.assertIn("--location: a location is 1 to 60 letters", done.stderr)
        text = self.folder.file.read_text()
        self.folder.file.write_text(text.replace("location: nowhere", "location: ../../etc"))
        done = subprocess.run([SONDE, "check", "--config.file", self.folder.file],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 78)
        self.assertRegex(done.stderr, r"sonde.yaml:2:\d+: location: a location is 1 to 60 .*'\.\./\.\./etc'")

    def test_check_counts_the_series_of_all_shards(self):
        def series(*flags):
            said = subprocess.run([SONDE, "check", "--config.file", self.folder.file, *flags],
                                  capture_output=True, text=True, timeout=60, check=False).stdout
            return re.search(r"about (\d+) series of metrics(.*)", said).groups()
        alone, after = series()
        self.assertEqual(after, "")
        self.assertEqual(series("--shard.count=3"), (alone, " in all 3 shards"))
        self.assertEqual(series("--shard.count=3", "--shard.replicas=2"),
                         (str(2 * int(alone)), " in all 3 shards"))

    def test_a_daemon_says_whether_it_continues_or_begins_without_history(self):
        flags = ("--location=eu", "--shard.count=2", "--shard.index=1", "--shard.replicas=2")
        first = self.serve(*flags)
        self.assertIn("starts without history", first.process.said())
        self.assertEqual(first.value("sonde_history_restored_probes"), 0)
        until(lambda: (first.value("sonde_auth_window_attempts", window="10m") or 0) >= 3)
        first.process.stop()
        second = self.serve(*flags)
        self.assertRegex(second.process.said(), "restored rates and alert states.*1 of 1")
        self.assertEqual(second.value("sonde_history_restored_probes"), 1)
        self.assertGreaterEqual(second.value("sonde_auth_window_attempts", window="10m"), 3)
        page = request(second.url, "/")[2].decode()
        self.assertIn("restored for 1 of 1 probes", page)
        self.assertIn("from eu, shard 1 of 2 (each probe is run by 2).", page)


if __name__ == "__main__":
    unittest.main()
