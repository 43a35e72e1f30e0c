"""`sonde run` against the demo backend: each fault is named by its step and reason."""
import subprocess
import unittest

from world import SONDE, Demo, Folder, free_port, run_sonde

EVENTS = ["agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed"]

# fault, parameters, probe, step, reason
FAULTS = [
    ("login_500", {}, "login", "login", "server_error"),
    ("login_401", {}, "login", "login", "credentials"),
    ("login_422", {}, "login", "login", "contract"),
    ("login_hang", {}, "login", "login", "timeout"),
    ("login_slow", {}, "login", "login", "timeout"),
    ("health_422", {}, "api_health", "health", "contract"),
    ("health_500", {}, "api_health", "health", "server_error"),
    ("health_unhealthy", {}, "api_health", "health", "reported_unhealthy"),
    ("upgrade_500", {}, "upgrade", "upgrade", "server_error_before_auth"),
    ("upgrade_403", {}, "upgrade", "upgrade", "forbidden"),
    ("upgrade_hang", {}, "upgrade", "upgrade", "handshake_timeout"),
    ("upgrade_close", {}, "upgrade", "ready", "auth_rejected_after_accept"),
    ("upgrade_fin", {}, "upgrade", "ready", "abrupt_close_after_accept"),
    ("auth_open", {}, "upgrade", "refuse", "auth_fail_open"),
    ("wrong_identity", {}, "upgrade", "ready", "identity_mismatch"),
    ("no_ready", {}, "upgrade", "ready", "no_ready"),
    ("drop_event", {"value": "agent_thinking"}, "chat", "events", "missing_event"),
    ("drop_event", {"value": "agent_started"}, "chat", "events", "missing_event"),
    ("double_event", {"value": "tool_completed"}, "chat", "events", "duplicate_event"),
    ("reorder_event", {"value": "tool_completed"}, "chat", "events", "out_of_order"),
    ("after_terminal", {"value": "tool_completed"}, "chat", "events", "after_terminal"),
    ("late_event", {"value": "tool_completed:4000ms"}, "chat", "events", "stalled"),
    ("stall", {}, "chat", "events", "stalled"),
    ("midstream_fin", {}, "chat", "events", "closed_midstream"),
    ("answer_empty", {}, "chat", "answer", "answer_empty"),
    ("answer_echo", {}, "chat", "answer", None),  # a placeholder and an echo in one
    ("answer_wrong", {}, "chat", "answer", "answer_wrong"),
    ("answer_error", {}, "chat", "events", "agent_error"),
]


class RunAgainstDemo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = Demo()

    @classmethod
    def tearDownClass(cls):
        cls.demo.stop()

    def setUp(self):
        self.demo.heal()
        self.folder = Folder(self.demo.url)

    def tearDown(self):
        self.folder.remove()

    def test_healthy_backend_passes_and_shows_the_five_events(self):
        code, results, errors = run_sonde(self.folder)
        self.assertEqual(code, 0, (results, errors))
        self.assertEqual([e["name"] for e in results["chat"]["events"]], EVENTS)
        self.assertTrue(all(e["state"] == "received" for e in results["chat"]["events"]))
        times = [e["seconds"] for e in results["chat"]["events"]]
        self.assertEqual(times, sorted(times))
        self.assertGreater(times[-1], 0)

    def test_text_output_shows_events_with_times_and_a_summary(self):
        done = subprocess.run([SONDE, "run", "--config.file", self.folder.file, "--output=text"],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        for event in EVENTS:
            self.assertIn(event, done.stdout)
        self.assertIn("4 passed", done.stdout)
        self.assertNotIn("alice-password", done.stdout)

    def test_short_output_is_a_line_a_run_and_the_trace_of_what_failed(self):
        def lines():
            done = subprocess.run([SONDE, "run", "--config.file", self.folder.file,
                                   "--output=short"], capture_output=True, text=True, timeout=60,
                                  check=False)
            return done.stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines()], ["PASS"] * 4 + ["4"])
        self.demo.fault(*FAULTS[0][:1], **FAULTS[0][1])
        said = lines()
        self.assertIn("FAIL", [line.split()[0] for line in said if line])
        self.assertTrue([line for line in said if line.startswith("  ")], said)

    def test_each_fault_is_named_by_step_and_reason(self):
        for fault, parameters, probe, step, reason in FAULTS:
            with self.subTest(fault=fault, **parameters):
                self.demo.heal()
                self.demo.fault(fault, **parameters)
                timeout = "1500ms" if fault.endswith(("hang", "slow")) else "6s"
                folder = Folder(self.demo.url, timeout=timeout)
                code, results, errors = run_sonde(folder, probe)
                folder.remove()
                result = results[probe]
                self.assertEqual(code, 1, (result, errors))
                self.assertEqual((result["verdict"], result["step"]), ("fail", step), result)
                if reason:
                    self.assertEqual(result["reason"], reason, result)
                else:
                    self.assertIn(result["reason"], ("answer_echo", "answer_error"), result)

    def test_events_that_reach_another_user_as_well_are_a_leak(self):
        (self.folder.file.parent / "bob.pw").write_text("bob-password\n")
        with self.folder.file.open("a") as file:
            file.write("""  apart: { kind: isolation, target: demo, socket: main, settle: 200ms, challenge: product,
           prompt: "what is {{challenge}}?", sessions: [{ as: alice }, { as: bob }] }
identities: { bob: { username: bob@example.com, password: { file: %s } } }
""" % (self.folder.file.parent / "bob.pw"))
        self.assertEqual(run_sonde(self.folder, "apart")[0], 0)
        self.demo.fault("cross_user")
        code, results, errors = run_sonde(self.folder, "apart")
        result = results["apart"]
        self.assertEqual((code, result["step"], result["reason"]),
                         (1, "isolation", "cross_user_leak"), (result, errors))

    def test_a_lost_tool_pair_is_an_unused_tool(self):
        self.demo.fault("drop_event", value="tool_executing")
        code, results, _ = run_sonde(self.folder, "chat")
        self.assertEqual(code, 1)
        self.assertIn(results["chat"]["reason"], ("missing_event", "unpaired_event"))

    def test_slow_health_breaks_its_latency_limit(self):
        self.demo.fault("health_slow", value="300ms")
        folder = Folder(self.demo.url, max_latency="100ms")
        code, results, _ = run_sonde(folder, "api_health")
        folder.remove()
        self.assertEqual((code, results["api_health"]["reason"]), (1, "latency_limit"))

    def test_broken_ws_endpoint_answers_500(self):
        self.folder.file.write_text(self.folder.file.read_text().replace("/websocket", "/ws"))
        code, results, _ = run_sonde(self.folder, "chat")
        self.assertEqual((code, results["chat"]["step"], results["chat"]["reason"]),
                         (1, "upgrade", "server_error_before_auth"))

    def test_experiments_stand_in_the_text_and_none_is_made_if_they_are_off(self):
        self.demo.fault("upgrade_403")
        command = [SONDE, "run", "--config.file", self.folder.file, "upgrade"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        self.assertRegex(done.stdout, r"why: \d experiments in")
        self.assertIn("the same upgrade at a path that does not exist -> HTTP 404", done.stdout)
        self.assertIn("=> a path that does not exist answers differently", done.stdout)
        text = self.folder.file.read_text()
        self.folder.file.write_text(text.replace("kind: upgrade,", "kind: upgrade, diagnose: off,"))
        _, results, _ = run_sonde(self.folder, "upgrade")
        self.assertEqual(results["upgrade"]["reason"], "forbidden_or_no_route")
        self.assertEqual(results["upgrade"]["experiments"], [])

    def test_a_front_end_that_was_left_on_another_path_is_found(self):
        with self.folder.file.open("a") as file:
            file.write("""  frontend: { kind: upgrade, target: demo, socket: main,
              url: { expected: "{{target.ws}}/websocket", discover: {
                page: "{{target.http}}/app", match: 'socketPath = "([^"]+)"' } } }
""")
        self.assertEqual(run_sonde(self.folder, "frontend")[0], 0)
        self.demo.fault("frontend_ws")
        code, results, errors = run_sonde(self.folder, "frontend", "upgrade")
        result = results["frontend"]
        self.assertEqual((code, result["step"], result["reason"]),
                         (1, "upgrade", "endpoint_drift"), errors)
        for said in ("/ws, expected is ws://", "/websocket", "HTTP 500"):
            self.assertIn(said, result["detail"])
        self.assertEqual(results["upgrade"]["verdict"], "pass")

    def test_secrets_are_in_no_output(self):
        for output in ("text", "short", "json", "junit"):
            done = subprocess.run(
                [SONDE, "run", "--config.file", self.folder.file, "--output=" + output],
                capture_output=True, text=True, timeout=60, check=False)
            self.assertNotIn("alice-password", done.stdout + done.stderr)
            self.assertNotRegex(done.stdout + done.stderr, r"eyJ[\w-]+\.[\w-]+\.[\w-]+")

    def test_a_failed_run_outranks_an_inconclusive_one(self):
        self.demo.fault("health_500")
        with self.folder.file.open("a") as file:
            file.write("""  elsewhere: { kind: health, target: demo, timeout: 6s, url: "http://backend.sonde.test/",
               dns: { servers: ["127.0.0.1:%d"] } }
""" % free_port())
        code, results, errors = run_sonde(self.folder, "api_health", "elsewhere")
        self.assertEqual(results["elsewhere"]["verdict"], "inconclusive", errors)
        self.assertEqual((code, results["api_health"]["verdict"]), (1, "fail"))

    def test_repeat_runs_each_probe_so_often(self):
        done = subprocess.run([SONDE, "run", "--config.file", self.folder.file, "--output=json",
                               "--repeat", "3", "login"],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(len(done.stdout.splitlines()), 3, done.stdout)


class RunWithoutBackend(unittest.TestCase):
    def test_stopped_backend_is_tcp_refused(self):
        folder = Folder("http://127.0.0.1:%d" % free_port())
        code, results, errors = run_sonde(folder)
        folder.remove()
        self.assertEqual(code, 1, errors)
        self.assertEqual({r["reason"] for r in results.values()}, {"tcp_refused"})

    def test_broken_own_dns_is_inconclusive(self):
        text = """
targets: {{ t: {{ http: "http://backend.sonde.test" }} }}
probes: {{ h: {{ kind: health, target: t, timeout: 8s, every: 10s, url: "{{{{target.http}}}}/",
                 dns: {{ servers: ["127.0.0.1:%d"] }} }} }}
""" % free_port()
        folder = Folder("http://unused", text=text)
        code, results, errors = run_sonde(folder)
        folder.remove()
        self.assertEqual((code, results["h"]["verdict"], results["h"]["reason"]),
                         (2, "inconclusive", "own_dns"), errors)

    def test_unknown_probe_is_a_usage_error_with_the_nearest_name(self):
        folder = Folder("http://127.0.0.1:1")
        code, _, errors = run_sonde(folder, "chatt")
        folder.remove()
        self.assertEqual(code, 64)
        self.assertIn("did you mean 'chat'?", errors)

    def test_mistakes_are_told_with_their_places_and_exit_78(self):
        folder = Folder("http://127.0.0.1:1", every="1ms")
        folder.file.write_text(folder.file.read_text().replace("kind: login", "kind: logn"))
        code, _, errors = run_sonde(folder)
        folder.remove()
        self.assertEqual(code, 78)
        self.assertRegex(errors, r"sonde.yaml:\d+:\d+: defaults.every: ")
        self.assertIn("did you mean 'login'?", errors)


if __name__ == "__main__":
    unittest.main()
