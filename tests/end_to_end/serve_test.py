"""The daemon against the demo backend: metrics, a real Prometheus, reload, stop."""
import gzip
import resource
import signal
import subprocess
import time
import unittest

from shop import Prometheus
from world import HEAD, SOURCE, Demo, Folder, Process, Serve, request, until, value_on


class ServeAgainstDemo(unittest.TestCase):
    def setUp(self):
        self.demo = Demo()
        self.addCleanup(self.demo.stop)
        self.folder = Folder(self.demo.url)
        self.addCleanup(self.folder.remove)

    def serve(self, *flags):
        serve = Serve(self.folder, *flags)
        self.addCleanup(lambda: serve.process.child.poll() is None and serve.process.stop())
        return serve

    def test_every_probe_runs_and_passes(self):
        serve = self.serve()
        for probe in ("api_health", "login", "upgrade", "chat"):
            until(lambda p=probe: serve.value("sonde_probe_runs_total", probe=p) >= 2)
            self.assertEqual(serve.value("sonde_probe_failed_runs_total", probe=probe), 0)
            self.assertEqual(serve.value("sonde_probe_success", probe=probe), 1)
        page = serve.metrics()
        self.assertEqual(value_on(page, "sonde_events_delivered_total"),
                         value_on(page, "sonde_events_expected_total"))

    def test_failures_carry_step_and_reason_and_totals_exist_at_zero(self):
        serve = self.serve()
        labels = {"probe": "chat", "step": "events", "reason": "closed_midstream"}
        self.assertEqual(serve.value("sonde_probe_failed_runs_total", probe="chat"), 0)
        self.demo.fault("midstream_fin")
        until(lambda: serve.value("sonde_probe_failures_total", **labels) > 0)
        page = serve.metrics()
        self.assertEqual(value_on(page, "sonde_probe_failed_runs_total", probe="chat"),
                         value_on(page, "sonde_probe_failures_total", probe="chat"))
        self.assertEqual(serve.value("sonde_auth_failed_attempts_total", probe="chat"), 0)

    def test_two_of_five_logins_fail_as_exactly_two_of_five(self):
        self.demo.fault("login_500", share="2/5")
        self.folder.write(HEAD + "probes: {{ login: {{ kind: login, target: demo }} }}", every="20ms",
                          timeout="5s")
        serve = self.serve()
        until(lambda: (serve.value("sonde_auth_attempts_total") or 0) >= 25)
        page = serve.metrics()
        # The demo fails the first and the fourth of every five.
        attempts = int(value_on(page, "sonde_auth_attempts_total"))
        self.assertEqual(value_on(page, "sonde_auth_failed_attempts_total"),
                         sum(attempt % 5 in (0, 3) for attempt in range(attempts)))

    def test_it_may_open_as_many_files_as_the_system_allows(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
        self.assertEqual(self.serve().value("process_max_fds"), hard)

    def test_endpoints_answer_as_the_ecosystem_expects(self):
        serve = self.serve()
        self.assertEqual(request(serve.url, "/-/healthy")[0], 200)
        self.assertEqual(request(serve.url, "/-/ready")[0], 200)
        status, headers, body = request(serve.url, "/metrics", headers={"Accept-Encoding": "gzip"})
        self.assertEqual((status, headers["content-encoding"]), (200, "gzip"))
        self.assertTrue(headers["content-type"].startswith("text/plain; version=0.0.4"))
        repository = subprocess.run(["git", "-C", SOURCE, "rev-parse", "HEAD"], capture_output=True, check=False)
        commit = rb"[0-9a-f]{12}(-dirty)?" if repository.returncode == 0 else b"unknown"
        self.assertRegex(gzip.decompress(body), rb'sonde_build_info\{[^}]*revision="' + commit + b'"')
        status, headers, body = request(serve.url, "/metrics", "HEAD")
        self.assertEqual((status, body), (200, b""))
        self.assertIn(b"chat", request(serve.url, "/")[2])
        self.assertEqual(request(serve.url, "/-/reload", "PUT")[0], 403)
        self.assertEqual(request(serve.url, "/nothing")[0], 404)

    def test_promtool_finds_nothing_wrong_with_the_live_page(self):
        serve = self.serve()
        until(lambda: serve.value("sonde_probe_runs_total", probe="chat") >= 1)
        done = subprocess.run(["promtool", "check", "metrics"], input=serve.metrics(), text=True,
                              capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_sigterm_stops_within_two_seconds_of_a_hanging_run(self):
        self.demo.fault("login_hang")
        serve = self.serve()
        until(lambda: serve.value("sonde_probe_in_flight", probe="login") == 1)
        begun = time.monotonic()
        self.assertEqual(serve.process.stop(), 0)
        self.assertLess(time.monotonic() - begun, 20)  # the bench holds it to two seconds

    def test_reload_takes_a_good_file_and_keeps_counters(self):
        serve = self.serve("--web.enable-lifecycle")
        until(lambda: serve.value("sonde_probe_runs_total", probe="login") >= 3)
        before = serve.value("sonde_probe_runs_total", probe="login")
        self.folder.file.write_text(self.folder.file.read_text().replace("api_health:", "api_new:"))
        self.assertEqual(request(serve.url, "/-/reload", "PUT")[0], 200)
        until(lambda: (serve.value("sonde_probe_runs_total", probe="api_new") or 0) >= 1)
        self.assertIsNone(serve.value("sonde_probe_runs_total", probe="api_health"))
        self.assertGreaterEqual(serve.value("sonde_probe_runs_total", probe="login"), before)

    def test_reload_refuses_a_bad_file_and_goes_on(self):
        serve = self.serve("--web.enable-lifecycle")
        self.folder.file.write_text("probes: [\n")
        status, _, body = request(serve.url, "/-/reload", "PUT")
        self.assertEqual(status, 500)
        self.assertIn(b"sonde.yaml:", body)
        self.assertEqual(serve.value("sonde_config_last_reload_successful"), 0)
        runs = serve.value("sonde_probe_runs_total", probe="login")
        until(lambda: serve.value("sonde_probe_runs_total", probe="login") > runs)
        serve.process.child.send_signal(signal.SIGHUP)
        until(lambda: serve.process.said().count("reload refused") >= 2)

    def test_taken_port_is_a_clear_error(self):
        serve = self.serve()
        port = serve.url.rsplit(":", 1)[1]
        second = Process(*[str(part) for part in (
            serve.process.child.args[0], "serve", "--config.file", self.folder.file,
            "--web.listen-address", "127.0.0.1:" + port)])
        self.assertEqual(second.child.wait(30), 1)
        self.assertIn(port, second.said())
        second.stop()


class ScrapedByPrometheus(unittest.TestCase):
    def setUp(self):
        self.demo = Demo()
        self.addCleanup(self.demo.stop)
        self.folder = Folder(self.demo.url)
        self.addCleanup(self.folder.remove)
        self.serve = Serve(self.folder, "--log.level=debug")
        self.addCleanup(self.serve.process.stop)
        # A page takes long to render on a busy machine, and the timeout is the interval.
        self.prometheus = Prometheus(self, [self.serve.url], interval="1s").start()
        self.query = self.prometheus.query

    def test_a_daemon_that_runs_on_does_not_look_restarted(self):
        until(lambda: self.query('count_over_time(process_start_time_seconds{job="sonde"}[1m]) > 5'))
        self.assertFalse(self.query('changes(process_start_time_seconds{job="sonde"}[1m]) > 0'))

    def test_values_are_read_back_with_promql(self):
        until(lambda: self.query('up{job="sonde"} == 1'))
        until(lambda: self.query('sonde_probe_runs_total{probe="chat",kind="chat",target="demo"} > 2'))
        success = self.query('sonde_probe_success{probe="chat"}')
        self.assertEqual([value for _, value in success], [1.0])
        self.demo.fault("upgrade_500")
        failing = until(lambda: self.query(
            'sonde_probe_failures_total{probe="upgrade",step="upgrade",reason="server_error"} > 0'),
            patience=150)  # a rare series is held at 0 for up to 65 s
        self.assertEqual(failing[0][0]["target"], "demo")
        until(lambda: self.query(
            'increase(sonde_probe_failures_total{probe="upgrade",reason="server_error"}[1m]) > 0'))
        self.assertTrue(self.query(
            'min_over_time(sonde_probe_failures_total{probe="upgrade",reason="server_error"}[5m]) == 0'),
            "Prometheus saw it at 0 first, so increase() misses no failure")
        until(lambda: self.query(
            'histogram_quantile(0.99, sum by (le) (rate(sonde_scheduler_lateness_seconds_bucket[1m]))) >= 0'))
        # An exemplar leads from a count to the run, which the log names in the same way.
        run = until(lambda: self.prometheus.exemplars(
            'sonde_probe_failures_total{probe="upgrade",reason="server_error"}'))[-1]["labels"]["run"]
        self.assertIn("run=" + run, self.serve.process.said())


if __name__ == "__main__":
    unittest.main()
