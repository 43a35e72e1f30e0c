"""Kills in mid-alert lose no page, double none, and resolve nothing that is not over."""
import json
import signal
import unittest

from watched import CONFIG, LOW, Watched
from world import request, until


class KilledDaemon(unittest.TestCase):
    def test_a_killed_daemon_neither_loses_nor_doubles_nor_resolves_the_page(self):
        watched = Watched(self, "login_500", share="2/5")
        until(watched.paged)
        for _ in range(3):
            watched.serve.process.stop(signal.SIGKILL)
            watched.start()
            # Windows came back: there is no wait for a hundred new samples.
            until(lambda: (watched.serve.value("sonde_alerts", alertname=LOW, state="firing") or 0) == 1)
            until(lambda: watched.attempts() >= 20)
        self.assertEqual((len(watched.paged()), watched.healed()), (1, []))
        watched.demo.heal()
        until(watched.healed)
        self.assertEqual(len(watched.paged()), 1)

    def test_a_killed_daemon_whose_target_healed_meanwhile_resolves(self):
        watched = Watched(self, "login_500", share="2/5")
        until(watched.paged)
        watched.serve.process.stop(signal.SIGKILL)
        watched.demo.heal()
        watched.start()
        until(watched.healed)
        self.assertEqual(len(watched.paged()), 1)

    def test_sigterm_resolves_nothing(self):
        watched = Watched(self, "login_500", share="2/5")
        until(watched.paged)
        watched.serve.process.stop()
        # Whatever it sent was taken before it ended.
        states = [alert["status"]["state"] for alert in watched.alertmanager.alerts()
                  if alert["labels"]["alertname"] == LOW]
        self.assertEqual((states, watched.healed()), (["active"], []))


class KilledAlertmanager(unittest.TestCase):
    def test_a_killed_alertmanager_is_told_again_and_pages_once(self):
        watched = Watched(self, "login_500", share="2/5")
        until(watched.paged)
        until(lambda: watched.alertmanager.remembers(LOW))
        watched.alertmanager.kill()
        watched.alertmanager.start()
        until(lambda: [alert for alert in watched.alertmanager.alerts()
                       if alert["labels"]["alertname"] == LOW])
        watched.demo.heal()
        until(watched.healed)
        self.assertEqual(len(watched.paged()), 1)


class Lockout(unittest.TestCase):
    def test_a_killed_daemon_does_not_press_an_account_that_it_nearly_locked(self):
        text = CONFIG.replace("    method: json", "    method: json\n    lockout: {{ after: 3, cooldown: 1h }}")
        watched = Watched(self, "login_401", text=text)
        suppressed = lambda: watched.serve.value("sonde_probe_skipped_total", reason="suppressed")
        until(lambda: suppressed() > 0)  # the count is there before that
        self.assertEqual(watched.attempts(), 3)
        watched.serve.process.stop(signal.SIGKILL)
        watched.start()
        until(lambda: suppressed() > 5)
        self.assertEqual(watched.attempts(), 0)


class ChangesByTheApi(unittest.TestCase):
    def test_what_was_confirmed_outlives_a_kill_at_once(self):
        watched = Watched(self, flags=["--web.enable-admin-api"])
        wanted = []
        for i in range(3):
            wish = {"for": "1h", "where": {"target": "demo"}, "reason": "kill %d" % i, "author": "ann"}
            for path, body in (("/api/v1/maintenance", wish), ("/api/v1/deploys", {"version": "v%d" % i, "by": "ann"})):
                status, _, answer = request(watched.serve.url, path, "POST",
                                            {"Content-Type": "application/json"}, json.dumps(body))
                self.assertEqual(status, 201, answer)
            watched.serve.process.stop(signal.SIGKILL)
            watched.start()
            wanted.append(i)
            windows = request(watched.serve.url, "/api/v1/maintenance")[2].decode()
            markers = request(watched.serve.url, "/api/v1/deploys")[2].decode()
            for one in wanted:
                self.assertIn("kill %d" % one, windows)
                self.assertIn('"v%d"' % one, markers)
        made = json.loads(windows)["data"]["maintenance"][0]["id"]
        self.assertEqual(request(watched.serve.url, "/api/v1/maintenance/" + made, "DELETE")[0], 200)
        watched.serve.process.stop(signal.SIGKILL)
        watched.start()
        self.assertNotIn('"%s"' % made, request(watched.serve.url, "/api/v1/maintenance")[2].decode())


if __name__ == "__main__":
    unittest.main()
