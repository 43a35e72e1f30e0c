"""The dashboards: their lint, and every query of them on a real Prometheus that scraped a real daemon."""
import copy
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

import yaml

from shop import Prometheus, Sink
from world import CONFIG, SOURCE, Demo, Folder, Serve, request, until

sys.path += [str(SOURCE / "tests" / "lint"), str(SOURCE / "tests" / "peers")]
import dashboards  # noqa: E402
from certificate import make  # noqa: E402

GRAFANA = SOURCE / "deploy" / "grafana"
BOARDS = sorted((GRAFANA / "dashboards").glob("*.json"))
OVERVIEW = GRAFANA / "dashboards" / "overview.json"
PACKAGES = SOURCE / "tests" / "peers" / "node_modules"


def boards():
    return {path.stem: json.loads(path.read_text()) for path in BOARDS}


class Lint(unittest.TestCase):
    def rules_broken_by(self, change):
        board = copy.deepcopy(json.loads(OVERVIEW.read_text()))
        change(board)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "overview.json"
            path.write_text(json.dumps(board))
            (path.parent / ".lint").write_text((OVERVIEW.parent / ".lint").read_text())
            return {re.search(r"([a-z-]+-rule|uneditable-dashboard)", line)[1]
                    for line in dashboards.findings(path)}

    def test_each_dashboard_is_clean(self):
        for path in sorted((GRAFANA / "dashboards").glob("*.json")):
            self.assertEqual(list(dashboards.findings(path)), [])

    def test_it_notices_what_it_is_for(self):
        def panel(board):
            return next(one for one in board["panels"] if one["title"] == "Auth success")

        def expr(text):
            return lambda board: panel(board)["targets"][0].update(expr=text)
        matchers = '{job=~"$job", instance=~"$instance"}'
        for rule, change in {
                "uid-rule": lambda board: board.update(id=7),
                "uneditable-dashboard": lambda board: board.update(editable=True),
                "template-datasource-rule": lambda board: board["templating"]["list"][0].update(label="x"),
                "template-on-time-change-reload-rule": lambda board: board["templating"]["list"][3].update(refresh=1),
                "template-job-rule": lambda board: board["templating"]["list"].pop(1),
                "template-instance-rule": lambda board: board["templating"]["list"][2].update(allValue=".*"),
                "template-target-rule": lambda board: board["templating"]["list"][3].update(label="Target"),
                "panel-id-rule": lambda board: panel(board).update(id=1),
                "panel-title-description-rule": lambda board: panel(board).update(description=""),
                "panel-datasource-rule": lambda board: panel(board).update(datasource={"uid": "mine"}),
                "panel-units-rule": lambda board: panel(board)["fieldConfig"]["defaults"].pop("unit"),
                "panel-no-targets-rule": lambda board: panel(board).update(targets=[]),
                "target-ref-rule": lambda board: panel(board)["targets"][1].update(refId="A"),
                "target-job-rule": expr('up{instance=~"$instance"}'),
                "target-instance-rule": expr('up{job=~"$job"}'),
                "target-rate-interval-rule": expr("rate(x_total%s[5m])" % matchers),
                "target-counter-agg-rule": expr("sum(x_total%s)" % matchers)}.items():
            with self.subTest(rule):
                self.assertEqual(self.rules_broken_by(change), {rule})


class Provisioning(unittest.TestCase):
    def test_data_source_and_provider_are_as_grafana_reads_them(self):
        source = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yaml").read_text())
        self.assertEqual((source["apiVersion"], source["datasources"][0]["type"]), (1, "prometheus"))
        provider = yaml.safe_load((GRAFANA / "provisioning/dashboards/sonde.yaml").read_text())
        one = provider["providers"][0]
        self.assertEqual((provider["apiVersion"], one["type"]), (1, "file"))
        self.assertFalse(one["allowUiUpdates"])
        self.assertGreaterEqual(one["updateIntervalSeconds"], 10)


class Files(unittest.TestCase):
    def test_they_are_as_their_program_writes_them(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([GRAFANA / "make-dashboards", folder], check=True)
            made = {path.name: path.read_text() for path in pathlib.Path(folder).iterdir()}
        self.assertEqual(made, {path.name: path.read_text() for path in BOARDS},
                         "run deploy/grafana/make-dashboards")

    def test_a_link_between_boards_keeps_what_was_chosen(self):
        for board in boards().values():
            dashboards_of_sonde = board["links"][0]
            self.assertEqual(dashboards_of_sonde["tags"], ["sonde"])
            self.assertTrue(dashboards_of_sonde["includeVars"] and dashboards_of_sonde["keepTime"])


@unittest.skipUnless(PACKAGES.is_dir(), "needs tests/peers/install")
class Types(unittest.TestCase):
    """The boards are what the types of @grafana/schema say."""

    def findings(self, all_boards):
        text = (pathlib.Path(__file__).parent / "grafana_types.ts").read_text()
        for name, board in all_boards.items():
            board = dict(board)
            for panel in board.pop("panels"):
                text += "export const %s_%d: Panels[%s] = %s;\n" % (
                    name, panel["id"], json.dumps(panel["type"]), json.dumps(panel, indent=1))
            text += "export const %s: Board = %s;\n" % (name, json.dumps(board, indent=1))
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "node_modules").symlink_to(PACKAGES)
            (root / "package.json").write_text('{ "type": "module" }')
            (root / "boards.ts").write_text(text)
            done = subprocess.run(
                ["node", "node_modules/typescript/bin/tsc", "--strict", "--noEmit", "--skipLibCheck", "--module",
                 "nodenext", "--moduleResolution", "nodenext", "boards.ts"],
                cwd=root, capture_output=True, text=True, timeout=300, check=False)
        return done.stdout + done.stderr

    def test_every_board_is_of_their_types(self):
        self.assertEqual(self.findings(boards()), "")

    def test_what_grafana_would_not_understand_is_noticed(self):
        for change, said in ((lambda panel: panel["options"].update(colorMode="loud"), '"loud"'),
                             (lambda panel: panel["fieldConfig"]["defaults"].update(units="s"), "'\"units\"'"),
                             (lambda panel: panel["targets"][0].pop("expr"), "'expr'")):
            one = copy.deepcopy(boards()["overview"])
            change(next(panel for panel in one["panels"] if panel["type"] == "stat"))
            self.assertIn(said, self.findings({"overview": one}))


# Everything of which a board draws something: also a certificate, receivers, a heartbeat, references.
WATCHED = CONFIG.replace("targets:", """targets:
  encrypted: {{ http: {https}, identities: {{ alice: {{ username: unused }} }} }}""") + """
  encrypted_health: {{ kind: health, target: encrypted, url: "{{{{target.http}}}}/api/health",
                       tls: {{ ca: {ca} }} }}
storage: {{ path: {store} }}
alerts: {{ Failing: {{ of: consecutive_failures, above: 0, severity: critical, keep_firing_for: 0s }} }}
receivers: {{ hook: {{ webhook: {{ url: "{hook}" }}, group_wait: 0s, group_interval: 1s }} }}
heartbeat: {{ url: "{http}/api/health", every: 1s }}
egress: {{ every: 1s, references: [{{ tcp: "{first}" }}, {{ tcp: "{second}" }}] }}
"""


class Queries(unittest.TestCase):
    """A daemon that watches a demo of which two logins of five fail, and one over TLS."""

    @classmethod
    def setUpClass(cls):
        cls.boards = boards()
        cleanups = type("Cleanups", (), {"addCleanup": cls.addClassCleanup})
        certificates = tempfile.TemporaryDirectory()
        cls.addClassCleanup(certificates.cleanup)
        certificate, key = make(pathlib.Path(certificates.name))
        cls.demo, encrypted = Demo(), Demo("--tls-cert", certificate, "--tls-key", key)
        for demo in (cls.demo, encrypted):
            cls.addClassCleanup(demo.stop)
        cls.demo.fault("login_500", share="2/5")
        cls.folder = Folder(cls.demo.url, WATCHED, https=encrypted.url, ca=certificate, hook=Sink(cleanups).url,
                            store=pathlib.Path(certificates.name) / "store", first=cls.demo.url[7:],
                            second=encrypted.url[8:])
        cls.addClassCleanup(cls.folder.remove)
        cls.serve = Serve(cls.folder, "--web.enable-admin-api")
        cls.addClassCleanup(cls.serve.process.stop)
        rules = (SOURCE / "deploy" / "prometheus" / "sonde.rules.yml").read_text()
        cls.prometheus = Prometheus(cleanups, [cls.serve.url],
                                    rules=rules.replace("interval: 15s", "interval: 1s")).start()
        status, _, said = request(cls.serve.url, "/api/v1/deploys", "POST",
                                  {"Content-Type": "application/json"},
                                  json.dumps({"version": "v1.2", "by": "ann"}))
        assert status in (200, 201), said
        cls.begun = time.time()

    def filled(self, text):
        for name, value in (("$__rate_interval", "4s"), ("$__interval", "1s"), ("$__range", "60s"),
                            ("$job", ".+"), ("$instance", ".+"), ("$target", ".+"), ("$probe", ".+")):
            text = text.replace(name, value)
        self.assertNotIn("$", text)
        return text

    def ask(self, path, **parameters):
        answer = json.loads(request(self.prometheus.url, "/api/v1/%s?%s" % (
            path, urllib.parse.urlencode(parameters)))[2])
        self.assertEqual(answer["status"], "success", answer)
        return answer["data"]

    def drawn(self, expr):
        """The finite values of a range query since the test began."""
        now = time.time()
        found = self.ask("query_range", query=self.filled(expr), start=self.begun, end=now, step=0.5)
        return [value for series in found["result"] for _, value in series["values"]
                if math.isfinite(float(value))]

    def stir(self):
        """Health fails for three seconds and passes for three, so that receivers are told again and again."""
        if time.time() % 6 < 3:
            self.demo.fault("health_500")
        else:
            request(self.demo.url, "/faults/health_500", "DELETE")

    def test_no_panel_comes_back_empty(self):
        for name, board in self.boards.items():
            for panel in dashboards.panels_of(board):
                for target in panel["targets"]:
                    with self.subTest(name, panel=panel["title"], expr=target["expr"]):
                        until(lambda expr=target["expr"]: self.drawn(expr) or self.stir())

    def test_the_path_shows_every_step_and_the_rates_their_share(self):
        titles = {panel["title"]: panel for panel in dashboards.panels_of(self.boards["overview"])}
        kinds = until(lambda: self.kinds(titles["The path in time"]["targets"][0]["expr"]))
        self.assertLessEqual({"health", "login", "upgrade", "chat"}, kinds)
        ratio = titles["Auth success"]["targets"][0]["expr"]
        until(lambda: any(0 < float(value) < 1 for value in self.drawn(ratio)))

    def kinds(self, expr):
        found = self.ask("query", query=self.filled(expr))["result"]
        kinds = {series["metric"]["kind"] for series in found}
        return kinds if len(kinds) >= 4 else None

    def test_variables_have_values(self):
        for name, board in self.boards.items():
            for one in board["templating"]["list"]:
                if one["type"] != "query":
                    continue
                with self.subTest(name, variable=one["name"]):
                    series, label = re.match(r"label_values\((.*), (\w+)\)$", one["query"]["query"]).groups()
                    until(lambda s=series, l=label: self.ask(
                        "label/%s/values" % l, **{"match[]": self.filled(s)}))

    def test_links_lead_to_the_daemon(self):
        found = until(lambda: self.ask("label/url/values", **{"match[]": "sonde_web_info"}))
        self.assertEqual(found, [self.serve.url])

    def test_annotations_are_promql_and_show_deploys(self):
        for board in self.boards.values():
            for one in board["annotations"]["list"]:
                self.ask("query", query=self.filled(one["expr"]))
        deploys = next(one for one in self.boards["overview"]["annotations"]["list"] if one["name"] == "Deploys")
        at = until(lambda: self.drawn(deploys["expr"]))[0]
        self.assertLess(abs(float(at) / 1000 - self.begun), 60, "milliseconds since 1970")


if __name__ == "__main__":
    unittest.main()
