"""`sonde test-alert` against a real Alertmanager, and the webhook that it tells."""
import http.server
import subprocess
import tempfile
import threading
import unittest

from shop import Alertmanager, Sink
from world import CONFIG, SONDE, Folder, free_port, until


class TestAlert(unittest.TestCase):
    def setUp(self):
        self.sink = Sink(self)

    def tell(self, receivers, *arguments):
        folder = Folder("http://127.0.0.1:1", CONFIG + "receivers:\n" + receivers)
        self.addCleanup(folder.remove)
        done = subprocess.run(
            [SONDE, "test-alert", "--config.file", folder.file, *arguments],
            capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_alertmanager_takes_it_and_tells_its_own_receivers(self):
        alertmanager = Alertmanager(self, self.sink.url).start()
        code, said, errors = self.tell(
            "  pager: {{ alertmanager: {{ urls: %s }} }}\n" % alertmanager.url,
            "pager", "--alert", "Drill", "--severity", "critical")
        self.assertEqual(code, 0, said + errors)
        self.assertIn("pager %s: delivered" % alertmanager.url, said)
        shown = subprocess.run(
            ["amtool", "alert", "query", "--alertmanager.url", alertmanager.url, "-o", "json",
             "alertname=Drill", "test=true", "severity=critical"],
            capture_output=True, text=True, timeout=60, check=True).stdout
        self.assertIn('"Drill"', shown)
        told = until(lambda: self.sink.told("Drill", "firing", test="true"))
        self.assertEqual(len(told), 1)

    def test_each_url_is_told_and_one_that_is_dead_is_a_failure(self):
        alertmanager = Alertmanager(self, self.sink.url).start()
        dead = "http://127.0.0.1:%d" % free_port()
        code, said, _ = self.tell(
            "  pager: {{ alertmanager: {{ urls: [%s, %s] }} }}\n" % (dead, alertmanager.url), "pager")
        self.assertEqual(code, 1)
        self.assertIn("pager %s: not delivered" % dead, said)
        self.assertIn("tcp_refused", said)
        self.assertIn("pager %s: delivered" % alertmanager.url, said)
        self.assertEqual([one["labels"]["alertname"] for one in alertmanager.alerts()], ["SondeTest"])

    def test_webhook_gets_what_an_alertmanager_would_send(self):
        alertmanager = Alertmanager(self, self.sink.url).start()
        self.tell("  pager: {{ alertmanager: {{ urls: %s }} }}\n" % alertmanager.url, "pager")
        until(lambda: self.sink.messages)
        code, said, _ = self.tell("  team: {{ webhook: {{ url: %s }} }}\n" % self.sink.url, "team")
        self.assertEqual(code, 0, said)
        theirs, ours = self.sink.messages
        self.assertEqual(set(theirs), set(ours))
        their, our = theirs["alerts"][0], ours["alerts"][0]
        self.assertEqual(set(their), set(our))
        for one in (their, our):  # each test is an incident of its own
            self.assertRegex(one["annotations"].pop("incident"), "^[0-9a-f]{16}$")
        for key in ("status", "labels", "annotations", "fingerprint"):
            self.assertEqual(their[key], our[key], key)
        self.assertEqual(our["endsAt"], "0001-01-01T00:00:00Z")

    def test_the_page_of_a_network_is_no_delivery(self):
        """A sign-in page answers everything with 200; only a webhook's owner may mean that."""
        page = b"<!doctype html>\x1b[2J<title>Sign in</title>"

        class Portal(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        url = "http://127.0.0.1:%d/" % server.server_address[1]
        with tempfile.NamedTemporaryFile("w") as secret:
            secret.write(url)
            secret.flush()
            file = "{{ file: %s }}" % secret.name
            for receiver in ("alertmanager: {{ urls: [%s] }}" % url, "slack: {{ url: %s }}" % file,
                             "pagerduty: {{ url: '%s', routing_key: %s }}" % (url, file)):
                code, said, errors = self.tell("  team: {{ %s }}\n" % receiver, "team")
                self.assertEqual(code, 1, receiver + said + errors)
                self.assertIn("a web page answered", said)
                self.assertNotIn("\x1b", said)
        self.assertEqual(self.tell("  team: {{ webhook: {{ url: '%s' }} }}\n" % url, "team")[0], 0)

    def test_unknown_receiver_is_a_usage_error_that_lists_the_names(self):
        code, _, errors = self.tell("  team: {{ webhook: {{ url: %s }} }}\n" % self.sink.url, "taem")
        self.assertEqual(code, 64)
        self.assertIn("team", errors)
        self.assertEqual(self.sink.messages, [])

    def test_wrong_configuration_is_told(self):
        code, _, errors = self.tell("  team: {{ webhok: {{ url: http://x }} }}\n", "team")
        self.assertEqual(code, 78)
        self.assertIn("receivers.team.webhok: unknown key; did you mean 'webhook'?", errors)


if __name__ == "__main__":
    unittest.main()
