"""The rules, runbooks and configurations for Prometheus shops, judged by Prometheus' own tools."""
import json
import re
import tempfile
import unittest

import yaml

from docs_test import is_of_prometheus, yaml_blocks
from shop import Service, tool
from world import SOURCE, request, until

PROMETHEUS = SOURCE / "deploy" / "prometheus"
TESTS = [PROMETHEUS / "sonde.rules.test.yml", PROMETHEUS / "locations.test.yml"]
ALERTMANAGER = SOURCE / "deploy" / "alertmanager" / "alertmanager.yml"
RUNBOOKS = SOURCE / "deploy" / "runbooks"


class Rules(unittest.TestCase):
    def test_they_ask_for_metrics_that_there_are(self):
        for group in yaml.safe_load((PROMETHEUS / "sonde.rules.yml").read_text())["groups"]:
            for rule in group["rules"]:
                self.assertLessEqual(asked_for(rule["expr"]), metrics(), rule["expr"])

    def test_the_shipped_ones_are_without_a_lint(self):
        code, said = tool("promtool", "check", "rules", "--lint=all", "--lint-fatal",
                          PROMETHEUS / "sonde.rules.yml")
        self.assertEqual(code, 0, said)

    def test_each_alert_fires_when_it_should_and_only_then(self):
        code, said = tool("promtool", "test", "rules", *TESTS)
        self.assertEqual(code, 0, said)

    def test_each_alert_has_a_case_that_fires_and_one_that_does_not(self):
        fires, quiet = set(), {"Watchdog"}
        for test in [test for file in TESTS for test in yaml.safe_load(file.read_text())["tests"]]:
            for case in test["promql_expr_test"]:
                if not case["expr"].startswith("ALERTS"):
                    continue  # about a recorded series
                name = re.search(r'alertname="(\w+)"', case["expr"])[1]
                (fires if case["exp_samples"] else quiet).add(name)
        self.assertEqual(fires, alerts())
        self.assertEqual(quiet, alerts())


def metrics():
    """Every family that the daemon's sources name."""
    return {name for path in (SOURCE / "daemon" / "metrics").glob("*.cpp")
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

    def test_prometheus_takes_those_of_the_documents(self):
        shown = [(name, block) for name, block in yaml_blocks() if is_of_prometheus(block)]
        self.assertTrue(shown)
        for name, block in shown:
            with self.subTest(name), tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
                file.write(block)
                file.flush()
                code, said = tool("promtool", "check", "config", file.name)
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
                "--web.listen-address", self.listen)


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
