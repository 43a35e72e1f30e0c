"""Who is woken, when and why: the real demo, daemon, Alertmanager and Prometheus, and a webhook that is told."""
import json
import socket
import subprocess
import unittest

from shop import Prometheus
from watched import CONFIG, LOW, Watched
from world import SONDE, Demo, Folder, Serve, request, until


class AuthFailures(unittest.TestCase):
    def test_two_of_five_logins_page_once_and_healing_resolves(self):
        watched = Watched(self, "login_500", share="2/5")
        page = until(watched.paged)[0]
        self.assertEqual(page["labels"]["target"], "demo")
        self.assertEqual(page["labels"]["severity"], "critical")
        self.assertRegex(page["annotations"]["summary"],
                         r"login auth success (5\d|6\d)\.\d % \(\d+ of \d+\) over 20s on demo, wanted 90 %")
        self.assertIn("login/server_error", page["annotations"]["summary"])
        watched.demo.heal()
        until(watched.healed)
        self.assertEqual((len(watched.paged()), len(watched.healed())), (1, 1))

    def test_twelve_of_a_hundred_page_and_eight_do_not(self):
        low = Watched(self, "login_500", share="3/25")
        fair = Watched(self, "login_500", share="2/25")
        until(low.paged)
        until(lambda: fair.attempts() >= 250)  # ten times the share
        self.assertEqual(fair.paged(), [])
        self.assertEqual(len(low.paged()), 1)


class Maintenance(unittest.TestCase):
    def ask(self, path, method="GET", **wish):
        body = json.dumps(wish) if wish else None
        status, _, answer = request(self.watched.serve.url, path, method,
                                    {"Content-Type": "application/json"}, body)
        self.assertIn(status, (200, 201), answer)
        return json.loads(answer)["data"]

    def test_nobody_is_told_until_the_window_that_the_api_made_is_ended(self):
        self.watched = Watched(self, "login_500", share="2/5", flags=["--web.enable-admin-api"])
        made = self.ask("/api/v1/maintenance", "POST", **{
            "for": "1h", "where": {"target": "demo"}, "reason": "new database", "author": "ann",
            "rates": "include"})
        alerts = until(lambda: [one for one in self.ask("/api/v1/alerts")["alerts"]
                                if one["labels"]["alertname"] == LOW and one["state"] == "firing"])
        self.assertIn("new database", json.dumps(alerts))
        # Clients of Prometheus' API find numbers where they expect them, and what is asked.
        self.assertTrue(0 < float(alerts[0]["value"]) < 0.9, alerts[0])
        (group,) = self.ask("/api/v1/rules")["groups"]
        low = next(rule for rule in group["rules"] if rule["name"] == LOW)
        self.assertIn("sonde", low["query"])
        self.assertIsInstance(low["duration"], float)
        until(lambda: self.watched.attempts() > 200)
        self.assertEqual(self.watched.paged(), [])
        self.assertEqual(self.watched.serve.value("sonde_maintenance_active", probe="login"), 1)
        self.ask("/api/v1/maintenance/" + made["id"], "DELETE")
        until(self.watched.paged)
        page = request(self.watched.serve.url, "/failures/login/demo")[2].decode()
        self.assertIn("fail login/server_error", page)


class Acknowledged(unittest.TestCase):
    def ask(self, path, method="GET", wanted=200, **wish):
        body = json.dumps(wish) if wish else None
        status, _, answer = request(self.watched.serve.url, path, method,
                                    {"Content-Type": "application/json"}, body)
        self.assertEqual(status, wanted, answer)
        return json.loads(answer)

    def history(self):
        return self.ask("/api/v1/alerts/history?target=demo&limit=5")["data"]["alerts"]

    def test_history_knows_who_was_told_and_who_looks_after_it_also_after_a_restart(self):
        self.watched = Watched(self, "login_500", share="2/5", flags=["--web.enable-admin-api"])
        acknowledge = "/api/v1/alerts/acknowledge"
        refused = self.ask(acknowledge, "POST", 400, alert=LOW, by="ann")
        self.assertIn("fires now", refused["error"])
        until(self.watched.paged)
        told = until(lambda: self.history()[0]["notifications"])
        self.assertEqual((told[0]["receiver"], told[0]["status"]), ("pager", "firing"))
        self.ask(acknowledge, "POST", 201, alert=LOW, target="demo", by="ann", comment="rolling back")
        self.assertEqual(self.history()[0]["acknowledged"]["by"], "ann")
        self.watched.stop()
        self.watched.start()
        alerts = until(lambda: [one for one in self.ask("/api/v1/alerts")["data"]["alerts"]
                                if one["labels"]["alertname"] == LOW and one["state"] == "firing"])
        self.assertRegex(alerts[0]["acknowledged"], "^by ann at .* UTC: rolling back$")
        self.ask(acknowledge + "?alert=%s&target=demo" % LOW, "DELETE")
        self.assertNotIn("acknowledged", self.history()[0])
        self.watched.demo.heal()
        until(lambda: "endsAt" in self.history()[0])
        self.assertEqual(len([one for one in self.history() if one["labels"]["alertname"] == LOW]), 1)


class SlowReceiver(unittest.TestCase):
    def test_a_receiver_that_never_answers_changes_no_latency(self):
        demo = Demo()
        self.addCleanup(demo.stop)
        demo.fault("login_500", share="2/5")
        hole = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(hole.close)
        told, quiet = self.watch(demo, "http://127.0.0.1:%d" % hole.getsockname()[1]), self.watch(demo)
        until(lambda: (told.value("sonde_alerts", alertname=LOW, state="firing") or 0) == 1)
        hole.settimeout(60)
        accepted, _ = hole.accept()  # it is told, and waits for an answer that never comes
        self.addCleanup(accepted.close)
        before = [self.passed(serve) for serve in (told, quiet)]
        until(lambda: all(self.passed(serve)[0] >= seen[0] + 100
                          for serve, seen in zip((told, quiet), before)))
        means = [(after[1] - seen[1]) / (after[0] - seen[0]) for after, seen in
                 zip([self.passed(serve) for serve in (told, quiet)], before)]
        self.assertLess(means[0] / means[1], 2.0, means)

    def watch(self, demo, receiver=None):
        text = CONFIG if receiver else CONFIG.replace(
            "receivers:\n  pager: {{ alertmanager: {{ urls: [{alertmanager}] }} }}\n", "")
        folder = Folder(demo.url, text, alertmanager=receiver, store="unset", more="")
        self.addCleanup(folder.remove)
        folder.write(text, store=folder.file.parent / "store")
        serve = Serve(folder)
        self.addCleanup(serve.process.stop)
        return serve

    def passed(self, serve):
        """(runs, seconds) of the logins that passed."""
        return [serve.value("sonde_probe_duration_seconds_" + part, probe="login")
                for part in ("count", "sum")]


class WithPrometheus(unittest.TestCase):
    """`alerting: prometheus`: Prometheus judges by the rules that `sonde rules` makes, and it alone pages."""

    def test_the_rules_page_once_also_when_prometheus_is_killed(self):
        watched = Watched(self, "login_500", share="2/5", more="alerting: prometheus")
        rules = subprocess.run([SONDE, "rules", "--config.file", watched.folder.file], check=True,
                               capture_output=True, text=True).stdout
        prometheus = Prometheus(self, [watched.serve.url], rules.replace("interval: 15s", "interval: 1s"),
                                watched.alertmanager).start()
        until(watched.paged)
        prometheus.kill()
        prometheus.start()
        until(lambda: prometheus.query('ALERTS{alertname="%s",alertstate="firing"}' % LOW))
        self.assertEqual((len(watched.paged()), watched.healed()), (1, []))
        watched.demo.heal()
        until(watched.healed)
        self.assertEqual(len(watched.paged()), 1)


if __name__ == "__main__":
    unittest.main()
