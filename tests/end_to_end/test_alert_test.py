"""`sonde test-alert` against a real Alertmanager, and the webhook that it tells."""
import subprocess
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
        for key in ("status", "labels", "annotations", "fingerprint"):
            self.assertEqual(their[key], our[key], key)
        self.assertEqual(our["endsAt"], "0001-01-01T00:00:00Z")

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
