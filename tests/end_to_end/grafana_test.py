"""The dashboards: their lint, and every query of them on a real Prometheus that scraped a real daemon."""
import copy
import json
import math
import pathlib
import re
import sys
import tempfile
import time
import unittest
import urllib.parse

import yaml

from shop import Prometheus
from world import SOURCE, Demo, Folder, Serve, request, until

sys.path.insert(0, str(SOURCE / "tests" / "lint"))
import dashboards  # noqa: E402

GRAFANA = SOURCE / "deploy" / "grafana"
OVERVIEW = GRAFANA / "dashboards" / "overview.json"


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


class Queries(unittest.TestCase):
    """A daemon that watches a demo of which two logins of five fail."""

    @classmethod
    def setUpClass(cls):
        cls.board = json.loads(OVERVIEW.read_text())
        cls.demo = Demo()
        cls.addClassCleanup(cls.demo.stop)
        cls.demo.fault("login_500", share="2/5")
        cls.folder = Folder(cls.demo.url)
        cls.addClassCleanup(cls.folder.remove)
        serve = Serve(cls.folder)
        cls.addClassCleanup(serve.process.stop)
        rules = (SOURCE / "deploy" / "prometheus" / "sonde.rules.yml").read_text()
        cleanups = type("Cleanups", (), {"addCleanup": cls.addClassCleanup})
        cls.prometheus = Prometheus(cleanups, [serve.url],
                                    rules=rules.replace("interval: 15s", "interval: 1s")).start()
        cls.begun = time.time()

    def filled(self, text):
        for name, value in (("$__rate_interval", "4s"), ("$__interval", "1s"), ("$__range", "60s"),
                            ("$job", ".+"), ("$instance", ".+"), ("$target", ".+")):
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

    def test_no_panel_comes_back_empty(self):
        for panel in dashboards.panels_of(self.board):
            for target in panel["targets"]:
                with self.subTest(panel["title"], expr=target["expr"]):
                    until(lambda expr=target["expr"]: self.drawn(expr))

    def test_the_path_shows_every_step_and_the_rates_their_share(self):
        titles = {panel["title"]: panel for panel in dashboards.panels_of(self.board)}
        kinds = until(lambda: self.kinds(titles["The path in time"]["targets"][0]["expr"]))
        self.assertLessEqual({"health", "login", "upgrade", "chat"}, kinds)
        ratio = titles["Auth success"]["targets"][0]["expr"]
        until(lambda: any(0 < float(value) < 1 for value in self.drawn(ratio)))

    def kinds(self, expr):
        found = self.ask("query", query=self.filled(expr))["result"]
        kinds = {series["metric"]["kind"] for series in found}
        return kinds if len(kinds) >= 4 else None

    def test_variables_have_values(self):
        for one in self.board["templating"]["list"]:
            if one["type"] != "query":
                continue
            with self.subTest(one["name"]):
                series, label = re.match(r"label_values\((.*), (\w+)\)$", one["query"]["query"]).groups()
                until(lambda s=series, l=label: self.ask(
                    "label/%s/values" % l, **{"match[]": self.filled(s)}))

    def test_annotations_are_promql(self):
        for one in self.board["annotations"]["list"]:
            self.ask("query", query=self.filled(one["expr"]))


if __name__ == "__main__":
    unittest.main()
