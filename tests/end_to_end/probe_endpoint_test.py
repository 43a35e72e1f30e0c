"""/probe runs a configured probe for a scraper, as blackbox_exporter does."""
import json
import subprocess
import time
import unittest
import urllib.parse

from shop import Prometheus
from world import CONFIG, Demo, Folder, Serve, request, until, value_on


class ProbeEndpoint(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = Demo()
        cls.addClassCleanup(cls.demo.stop)
        # The schedule does not run within the test: each run is one that was asked for.
        text = CONFIG.replace("method: json", "method: json\n    lockout: {{ after: 3, cooldown: 5m }}")
        cls.folder = Folder(cls.demo.url, text, every="1h", timeout="20s")
        cls.addClassCleanup(cls.folder.remove)

    def setUp(self):
        self.serve = Serve(self.folder)
        self.addCleanup(self.serve.process.stop)
        self.addCleanup(self.serve.scraper.close)
        self.addCleanup(self.demo.heal)

    def probe(self, module, headers=None, target="demo", **more):
        query = urllib.parse.urlencode({"module": module, "target": target, **more})
        status, _, body = request(self.serve.url, "/probe?" + query, headers=headers)
        return status, body.decode()

    def page(self, module, **more):
        status, page = self.probe(module, **more)
        self.assertEqual(status, 200, page)
        return page

    def runs(self, name):
        """How many logins or other requests the demo has seen with a fault on."""
        faults = json.loads(request(self.demo.url, "/faults")[2])
        return next(fault["attempts"] for fault in faults if fault["name"] == name)

    def test_every_kind_of_probe_passes_and_is_measured(self):
        for module, phase in (("api_health", "first_byte"), ("login", "login"),
                              ("upgrade", "upgrade"), ("chat", "events")):
            page = self.page(module)
            self.assertEqual(value_on(page, "probe_success"), 1, page)
            self.assertGreater(value_on(page, "probe_duration_seconds"), 0)
            self.assertIsNotNone(value_on(page, "probe_phase_duration_seconds", phase=phase), page)
            self.assertIsNotNone(value_on(page, "probe_http_duration_seconds", phase="processing"))

    def test_the_page_is_as_promtool_wants_it(self):
        done = subprocess.run(["promtool", "check", "metrics"], input=self.page("chat"),
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    def test_a_failure_has_its_step_and_reason_and_disturbs_nothing(self):
        self.demo.fault("login_500")
        page = self.page("login")
        self.assertEqual(value_on(page, "probe_success"), 0)
        self.assertEqual(value_on(page, "probe_failure_info", step="login", reason="server_error"), 1)
        metrics = self.serve.metrics()
        self.assertEqual(value_on(metrics, "sonde_probe_runs_total"), 0)
        self.assertEqual(value_on(metrics, "sonde_auth_attempts_total"), 0)
        self.assertEqual(value_on(metrics, "sonde_probe_consecutive_failures", probe="login"), 0)
        alerts = json.loads(request(self.serve.url, "/api/v1/alerts")[2])["data"]["alerts"]
        self.assertEqual([a["labels"]["alertname"] for a in alerts], ["Watchdog"])

    def test_debug_shows_the_trace_without_secrets(self):
        page = self.page("login", debug="true")
        self.assertIn("PASS login demo (login)", page)
        self.assertIn("POST %s/auth/login -> 200" % self.demo.url, page)
        self.assertIn("probe_success 1", page)
        self.assertNotIn("alice-password", page)

    def test_runs_nothing_that_is_not_configured(self):
        for module, target, said in (("logn", "demo", "did you mean 'login'?"),
                                     ("login", "http://127.0.0.1:1", "there is no target"),
                                     ("", "demo", "'module' is missing"),
                                     ("login", "", "'target' is missing")):
            status, body = self.probe(module, target=target)
            self.assertEqual(status, 400, body)
            self.assertIn(said, body)

    def test_ends_before_the_scraper_gives_up(self):
        self.demo.fault("health_slow", value="30s")
        begun = time.monotonic()
        page = self.page("api_health", headers={"X-Prometheus-Scrape-Timeout-Seconds": "1"})
        self.assertEqual(value_on(page, "probe_success"), 0)
        self.assertLess(time.monotonic() - begun, 15)  # the probe's own timeout is 20 s
        self.assertLess(value_on(page, "probe_duration_seconds"), 10)
        self.assertEqual(self.probe("api_health", {"X-Prometheus-Scrape-Timeout-Seconds": "1s"})[0],
                         400)

    def test_a_refused_account_is_not_pressed(self):
        self.demo.fault("login_401")

        def left_alone():
            page = self.page("login")
            return value_on(page, "probe_failure_info", outcome="inconclusive") or value_on(
                page, "probe_failure_info", outcome="skipped") or None
        until(left_alone)
        self.assertLessEqual(self.runs("login_401"), 3)

    def test_prometheus_scrapes_it_as_the_operator_configures_it(self):
        address = self.serve.url.removeprefix("http://")
        # What the operator makes of a Probe with `module` and a static target.
        prometheus = Prometheus(self, interval="500ms", scrape_configs=[{
            "job_name": "probe/monitoring/sonde-chat", "metrics_path": "/probe",
            "params": {"module": ["chat"]}, "static_configs": [{"targets": ["demo"]}],
            "relabel_configs": [
                {"source_labels": ["__address__"], "target_label": "__param_target"},
                {"source_labels": ["__param_target"], "target_label": "instance"},
                {"target_label": "__address__", "replacement": address}],
            "scrape_interval": "2s", "scrape_timeout": "2s"}]).start()
        found = until(lambda: prometheus.query("probe_success"))
        self.assertEqual([(labels["instance"], value) for labels, value in found], [("demo", 1.0)])


if __name__ == "__main__":
    unittest.main()
