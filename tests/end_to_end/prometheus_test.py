"""The rules, runbooks and configurations for Prometheus shops, judged by Prometheus' own tools."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import yaml

from shop import Service
from world import SONDE, SOURCE, request, until

PROMETHEUS = SOURCE / "deploy" / "prometheus"
ALERTMANAGER = SOURCE / "deploy" / "alertmanager" / "alertmanager.yml"
RUNBOOKS = SOURCE / "deploy" / "runbooks"
EXAMPLE = SOURCE / "config" / "examples" / "alerts.yaml"
BASE = "https://runbooks.example.com/sonde"


def tool(*command):
    """(exit code, output). Promtool takes all it gets for a minute; tests beside it keep times."""
    done = subprocess.run(["nice", *[str(part) for part in command]], capture_output=True, text=True,
                          timeout=500, check=False)
    return done.returncode, done.stdout + done.stderr


def rules_of(text, *flags):
    """What `sonde rules` makes of a file whose secrets are replaced by one that exists."""
    with tempfile.TemporaryDirectory() as folder:
        secret = pathlib.Path(folder) / "secret"
        secret.write_text("x\n")
        file = pathlib.Path(folder) / "sonde.yaml"
        file.write_text(re.sub(r"\{ credential: [\w-]+ \}", "{ file: %s }" % secret, text))
        done = subprocess.run([SONDE, "rules", "--config.file", file, *flags],
                              capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


class Rules(unittest.TestCase):
    def test_the_shipped_ones_are_made_of_the_shipped_example(self):
        self.assertEqual((PROMETHEUS / "sonde.rules.yml").read_text(),
                         rules_of(EXAMPLE.read_text(), "--runbooks", BASE))

    def test_a_file_that_is_wrong_makes_none(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "sonde.yaml"
            file.write_text("alerts: { A: { of: auth_sucess, below: 90% } }\n")
            done = subprocess.run([SONDE, "rules", "--config.file", file], capture_output=True,
                                  text=True, timeout=60, check=False)
            self.assertEqual((done.returncode, done.stdout), (78, ""))
            self.assertIn("did you mean 'auth_success'", done.stderr)

    def test_any_entry_makes_rules_without_a_lint(self):
        alerts = """
  Worst: { of: probe_success, below: 99.95%, over: [20s, 1h30m], by: target, no_data_after: 1h,
           labels: { team: "it's {{ us }}", note: "a: #b\\n\\u0085" }, annotations: { x: '{{ $labels }}' } }
  Burn: { of: burn_rate, rate: event_delivery, objective: 99.9%, burn: ticket }
  Runs: { of: burn_rate, rate: probe_success, objective: 99%, by: target }
  Ready: { of: latency, measure: ready, above: 750ms, over: 5m, quantile: 0.999 }
  Row: { of: consecutive_failures, above: 0, by: target, for: 1ms, keep_firing_for: 0s }
  Refused: { of: reason, reasons: [no_refusal, auth_fail_open], above: 3, over: 45m, by: target }
  Lost: { of: event_delivery, below: 100%, over: 30d, min_samples: 1000, where: { probe: [chat], kind: chat } }
"""
        text = EXAMPLE.read_text().split("\nalerts:")[0] + "\nalerts:" + alerts
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "rules.yml"
            file.write_text(rules_of(text, "--prometheus.job", 'odd"job'))
            code, said = tool("promtool", "check", "rules", "--lint=all", "--lint-fatal", file)
            self.assertEqual(code, 0, said)
            labels = next(rule["labels"] for group in yaml.safe_load(file.read_text())["groups"]
                          for rule in group["rules"] if rule.get("alert") == "Worst")
            self.assertEqual(labels["note"], "a: #b\n\u0085")

    def test_they_ask_for_metrics_that_there_are(self):
        for group in yaml.safe_load((PROMETHEUS / "sonde.rules.yml").read_text())["groups"]:
            for rule in group["rules"]:
                self.assertLessEqual(asked_for(rule["expr"]), metrics(), rule["expr"])

    def test_the_shipped_ones_are_without_a_lint(self):
        code, said = tool("promtool", "check", "rules", "--lint=all", "--lint-fatal",
                          PROMETHEUS / "sonde.rules.yml")
        self.assertEqual(code, 0, said)

    def test_each_alert_fires_when_it_should_and_only_then(self):
        code, said = tool("promtool", "test", "rules", PROMETHEUS / "sonde.rules.test.yml")
        self.assertEqual(code, 0, said)

    def test_each_alert_has_a_case_that_fires_and_one_that_does_not(self):
        fires, quiet = set(), {"Watchdog"}
        for test in yaml.safe_load((PROMETHEUS / "sonde.rules.test.yml").read_text())["tests"]:
            for case in test["promql_expr_test"]:
                name = re.search(r'alertname="(\w+)"', case["expr"])[1]
                (fires if case["exp_samples"] else quiet).add(name)
        self.assertEqual(fires, alerts())
        self.assertEqual(quiet, alerts())


def metrics():
    """Every family that the daemon's sources name."""
    return {name for path in (SOURCE / "daemon" / "expose").glob("*.cpp")
            for name in re.findall(r'"((?:sonde|process)_\w+)"', path.read_text())}


def asked_for(promql):
    """The daemon's families that an expression names; recorded ones have colons."""
    return {re.sub(r"_(bucket|count)$", "", name)
            for name in re.findall(r"(?<![\w:])(?:sonde|process)_\w+\b(?!:)", promql)
            if name != "sonde_rule"}


def alerts():
    groups = yaml.safe_load((PROMETHEUS / "sonde.rules.yml").read_text())["groups"]
    return {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}


class Runbooks(unittest.TestCase):
    HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation", "Escalation", "How to silence"]

    def test_each_alert_has_one_and_no_other_is_there(self):
        self.assertEqual({path.stem for path in RUNBOOKS.glob("*.md")}, alerts())

    def test_each_answers_every_question(self):
        for path in RUNBOOKS.glob("*.md"):
            with self.subTest(path.name):
                text = path.read_text()
                self.assertTrue(text.startswith("# %s\n" % path.stem))
                self.assertEqual(re.findall(r"^## (.*)$", text, re.M), self.HEADINGS)
                for part in re.split(r"^## .*$", text, flags=re.M)[1:]:
                    self.assertGreater(len(part.strip()), 4)

    def test_what_they_query_is_promql_over_metrics_that_there_are(self):
        for path in RUNBOOKS.glob("*.md"):
            for code in re.findall(r"`([^`\n]*\bsonde_[a-z][^`\n]*)`", path.read_text()):
                with self.subTest(path.name, code=code):
                    self.assertLessEqual(asked_for(code), metrics())
                    rules = {"groups": [{"name": "x", "rules": [{"record": "a:b:c", "expr": code}]}]}
                    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
                        yaml.safe_dump(rules, file)
                        file.flush()
                        status, said = tool("promtool", "check", "rules", file.name)
                        self.assertEqual(status, 0, said)


class Configurations(unittest.TestCase):
    def test_prometheus_takes_its_own(self):
        code, said = tool("promtool", "check", "config", PROMETHEUS / "prometheus.yml")
        self.assertEqual(code, 0, said)

    def test_alertmanager_takes_its_own(self):
        code, said = tool("amtool", "check-config", ALERTMANAGER)
        self.assertEqual(code, 0, said)

    def routed(self, **labels):
        code, said = tool("amtool", "config", "routes", "test", "--config.file", ALERTMANAGER,
                          *["%s=%s" % pair for pair in labels.items()])
        self.assertEqual(code, 0, said)
        return said.splitlines()[0]

    def test_critical_ones_page_and_others_do_not(self):
        self.assertEqual(self.routed(alertname="AuthOutage", severity="critical"), "pager")
        self.assertEqual(self.routed(alertname="CrossUserLeak", severity="critical"), "pager")
        self.assertEqual(self.routed(alertname="ChatSlow", severity="warning"), "team")
        self.assertEqual(self.routed(alertname="SondeHeldBack", severity="none"), "nobody")
        self.assertEqual(self.routed(alertname="Watchdog", severity="none"), "heartbeat")


class Shipped(Service):
    """Alertmanager with the shipped file, whose secrets nobody has, so that it tells nobody."""

    def command(self):
        return ("prometheus-alertmanager", "--config.file", ALERTMANAGER,
                "--storage.path", self.root / "data", "--cluster.listen-address=",
                "--web.listen-address", "127.0.0.1:%d" % self.port)


class Inhibitions(unittest.TestCase):
    CHAT = {"job": "sonde", "probe": "chat", "kind": "chat", "target": "production"}

    def held(self, *alerts):
        """The names of those that are held back, of alerts that all fire.

        Alertmanager judges in the order in which alerts came, some time after it took them: what
        came before a pair that is surely held back is judged once that pair is."""
        alertmanager = Shipped(self).start()
        self.post(alertmanager, self.surely_held("first"))
        until(lambda: self.inhibited(alertmanager, job="first"))
        self.post(alertmanager, [*alerts, *self.surely_held("last")])
        until(lambda: self.inhibited(alertmanager, job="last"))
        return {name for name, job in self.inhibited(alertmanager) if job not in ("first", "last")}

    def surely_held(self, job):
        return [self.alert("SondeBlind", job=job), self.alert("SondeProbeStalled", job=job)]

    def post(self, alertmanager, alerts):
        body = json.dumps([{"labels": one} for one in alerts]).encode()
        status, _, said = request(alertmanager.url, "/api/v2/alerts", "POST",
                                  {"Content-Type": "application/json"}, body)
        self.assertEqual(status, 200, said)

    def inhibited(self, alertmanager, **labels):
        """The name and the job of each that is held back and has these labels."""
        told = json.loads(request(alertmanager.url, "/api/v2/alerts")[2])
        return [(one["labels"]["alertname"], one["labels"]["job"]) for one in told
                if one["status"]["inhibitedBy"] and labels.items() <= one["labels"].items()]

    def alert(self, name, severity="critical", **labels):
        return {"alertname": name, "severity": severity, **labels}

    def test_an_earlier_step_holds_back_a_later_one_of_the_same_probe_and_target(self):
        back = self.alert("SondeHeldBack", "none", sonde_rule="ChatOutage", **self.CHAT)
        chat = self.alert("ChatOutage", sonde_rule="ChatOutage", **self.CHAT)
        elsewhere = self.alert("ChatOutage", sonde_rule="ChatOutage", **{**self.CHAT, "target": "x"})
        other = self.alert("AuthOutage", sonde_rule="AuthOutage", **self.CHAT)
        leak = self.alert("CrossUserLeak", **self.CHAT)
        self.assertEqual(self.held(back, chat, other, leak), {"ChatOutage"})
        self.assertEqual(self.held(back, elsewhere), set())

    def test_a_lost_network_and_a_lost_sonde_explain_stalled_probes(self):
        stalled = self.alert("SondeProbeStalled", instance="a", **self.CHAT)
        other = self.alert("AuthOutage", **self.CHAT)
        self.assertEqual(self.held(self.alert("SondeBlind", job="sonde", instance="a"), stalled, other),
                         {"SondeProbeStalled"})
        self.assertEqual(self.held(self.alert("SondeBlind", job="sonde", instance="b"), stalled), set())
        self.assertEqual(self.held(self.alert("SondeDown", job="sonde"), stalled, other),
                         {"SondeProbeStalled"})

    def test_a_maintenance_mutes_its_probe_or_its_whole_target(self):
        chat = self.alert("ChatOutage", sonde_rule="ChatOutage", **self.CHAT)
        whole = self.alert("HealthPassesPathFails", "warning", job="sonde", target="production")
        one = self.alert("SondeMaintenance", "none", **self.CHAT)
        every = self.alert("SondeMaintenance", "none", job="sonde", target="production")
        self.assertEqual(self.held(one, chat, whole), {"ChatOutage"})
        self.assertEqual(self.held(every, chat, whole), {"ChatOutage", "HealthPassesPathFails"})


if __name__ == "__main__":
    unittest.main()
