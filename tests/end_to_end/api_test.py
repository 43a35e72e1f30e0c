"""The API: every answer is what its OpenAPI description says, lists are paged, errors are of one form."""
import json
import re
import subprocess
import unittest
import urllib.parse
import warnings
import xml.etree.ElementTree

from shop import Prometheus
from watched import LOW, Watched
from world import SONDE, request, until

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Debian's version has no other resolver
    from jsonschema import Draft202012Validator, RefResolver

ATOM = "{http://www.w3.org/2005/Atom}"


class Api:
    """The API of a daemon, and its description."""

    def __init__(self, test, url):
        self.test, self.url = test, url
        self.spec = json.loads(request(url, "/api/v1/openapi.json")[2])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.resolver = RefResolver.from_schema(self.spec)

    def ask(self, path, method="GET", wish=None):
        body = json.dumps(wish) if wish is not None else None
        headers = {"Content-Type": "application/json"} if body else {}
        return request(self.url, path, method, headers, body)

    def data(self, path, **parameters):
        path += "?" + urllib.parse.urlencode(parameters) if parameters else ""
        status, _, body = self.ask(path)
        self.test.assertEqual(status, 200, (path, body))
        return json.loads(body)["data"]

    def described(self, operation, status):
        """The description of an answer, with its reference followed."""
        answers = operation["responses"]
        answer = answers.get(str(status), answers.get("default"))
        self.test.assertIsNotNone(answer, (operation["operationId"], status))
        while "$ref" in answer:
            answer = self.resolver.resolve(answer["$ref"])[1]
        return answer

    def check(self, template, path, method="GET", wish=None, wanted=None):
        """Asks, and compares the answer with the description of this path; returns the status and the JSON."""
        operation = self.spec["paths"][template][method.lower()]
        status, headers, body = self.ask(path, method, wish)
        if wanted is not None:
            self.test.assertEqual(status, wanted, (method, path, body))
        content = self.described(operation, status)["content"]
        kind = headers["content-type"].split(";")[0]
        self.test.assertIn(kind, content, (method, path, status))
        if not kind.endswith("json"):
            return status, body.decode()
        answer = json.loads(body)
        for mistake in Draft202012Validator(content[kind]["schema"], resolver=self.resolver).iter_errors(answer):
            self.test.fail("%s %s: %s: %s" % (method, path, mistake.json_path, mistake.message))
        return status, answer


class EveryAnswer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        case = cls("test_every_path_answers_as_it_is_described")
        cls.addClassCleanup(case.doCleanups)
        cls.watched = Watched(case, "login_500", share="2/5", flags=["--web.enable-admin-api"])
        cls.api = Api(case, cls.watched.serve.url)
        until(cls.watched.paged)
        until(lambda: cls.told(cls.api))

    @staticmethod
    def told(api):
        open_now = [one for one in api.data("/api/v1/incidents", target="demo", state="open")["incidents"]]
        return open_now and any(alert["notifications"] for alert in open_now[0]["alerts"])

    def setUp(self):
        self.api.test = self

    def names(self):
        window = self.api.check("/api/v1/maintenance", "/api/v1/maintenance", "POST",
                                {"from": "2038-01-01T00:00", "for": "1h", "where": {"target": "demo"},
                                 "reason": "a test", "author": "ann"}, 201)[1]["data"]["id"]
        self.api.check("/api/v1/deploys", "/api/v1/deploys", "POST", {"version": "v1", "by": "ann"}, 201)
        runs = until(lambda: self.api.data("/api/v1/runs")["runs"])
        return {"probe": "login", "target": "demo", "window": window, "run": runs[0]["id"],
                "incident": self.api.data("/api/v1/incidents")["incidents"][0]["id"]}

    def test_every_path_answers_as_it_is_described(self):
        names = self.names()
        for template, item in self.api.spec["paths"].items():
            wanted = re.findall(r"\{(\w+)\}", template)
            path = template.format(**names)
            with self.subTest(path):
                self.assertNotIn(None, [names[name] for name in wanted])
                self.api.check(template, path, wanted=200) if "get" in item else None
                self.assertEqual(self.api.ask(path, "HEAD")[0], 200 if "get" in item else 405)
        acknowledge = "/api/v1/alerts/acknowledge"
        self.api.check(acknowledge, acknowledge, "POST", {"alert": LOW, "by": "ann"}, 201)
        self.api.check("/api/v1/alerts/history", "/api/v1/alerts/history", wanted=200)
        self.api.check(acknowledge, acknowledge + "?alert=" + LOW, "DELETE", wanted=200)
        window = "/api/v1/maintenance/" + names["window"]
        self.api.check("/api/v1/maintenance/{window}", window, "DELETE", wanted=200)

    def test_every_error_is_of_one_form_and_says_what_is_wrong(self):
        for path, method, wish, status, said in (
                ("/api/v1/nothing", "GET", None, 404, "openapi.json"),
                ("/api", "GET", None, 404, "openapi.json"),
                ("/api/v1/targets", "POST", {}, 405, "GET"),
                ("/api/v1/targets?targt=demo", "GET", None, 400, "did you mean 'target'"),
                ("/api/v1/targets?state=bad", "GET", None, 400, "passing, failing"),
                ("/api/v1/probes?limit=0", "GET", None, 400, "limit: a number from 1 to 1000"),
                ("/api/v1/alerts?limit=x&after=!", "GET", None, 400, "after"),
                ("/api/v1/rules?type=none", "GET", None, 400, "alert, record"),
                ("/api/v1/incidents?state=over", "GET", None, 400, "open, ended"),
                ("/api/v1/incidents/0000", "GET", None, 404, "no such incident"),
                ("/api/v1/badge/nothing.svg", "GET", None, 404, "no such probe"),
                ("/api/v1/badge/login", "GET", None, 404, "PROBE.svg"),
                ("/api/v1/maintenance/none", "GET", None, 404, "no such maintenance window"),
                ("/api/v1/maintenance", "POST", {"fro": "now"}, 400, "did you mean 'from'"),
                ("/api/v1/alerts/acknowledge", "POST", {"alert": "A", "by": "a\nb"}, 400, "by: control"),
                ("/api/v1/deploys", "POST", {"version": "v\u202e1"}, 400, "version: control")):
            with self.subTest(path):
                code, headers, body = self.api.ask(path, method, wish)
                answer = json.loads(body)
                self.assertEqual((code, headers["content-type"]), (status, "application/json"), answer)
                schema = {"$ref": "#/components/schemas/Error"}
                Draft202012Validator(schema, resolver=self.api.resolver).validate(answer)
                self.assertIn(said, answer["error"])

    def test_a_list_is_the_same_in_pages_of_one(self):
        for day in (1, 2, 3):
            self.api.check("/api/v1/maintenance", "/api/v1/maintenance", "POST",
                           {"from": "2037-01-0%dT00:00" % day, "for": "1h", "where": {"target": "demo"},
                            "reason": "a test", "author": "ann"}, 201)
        for path, member in (("/api/v1/maintenance", "maintenance"), ("/api/v1/probes", "probes"),
                             ("/api/v1/targets", "targets"), ("/api/v1/incidents", "incidents"),
                             ("/api/v1/alerts/history", "alerts")):
            whole = self.api.data(path)
            self.assertNotIn("next", whole)
            found, after = [], {}
            while True:
                page = self.api.data(path, limit=1, **after)
                self.assertLessEqual(len(page[member]), 1)
                found += page[member]
                if "next" not in page:
                    break
                after = {"after": page["next"]}
            names = [[one.get(key) for key in ("id", "probe", "target", "labels")] for one in found]
            self.assertEqual(names, [[one.get(key) for key in ("id", "probe", "target", "labels")]
                                     for one in whole[member]], path)

    def test_alerts_rules_and_buildinfo_have_what_prometheus_has(self):
        rules = "groups: [{ name: g, rules: [{ alert: A, expr: 'vector(1) > 0' }] }]"
        prometheus = Prometheus(self, rules=rules).start()
        theirs = Api.__new__(Api)
        theirs.test, theirs.url = self, prometheus.url
        until(lambda: theirs.data("/api/v1/alerts")["alerts"])

        def has(ours, other, path):
            kinds = [(int, float) if isinstance(one, (int, float)) else type(one) for one in (ours, other)]
            self.assertEqual(*kinds, path)
            if isinstance(other, dict) and not path.endswith(("labels", "annotations")):
                self.assertLessEqual(set(other), set(ours), path)
                for key, value in other.items():
                    has(ours[key], value, path + "." + key)
            if isinstance(other, list) and other:
                self.assertTrue(ours, path)
                firing = [one for one in ours if not isinstance(one, dict) or one.get("alerts", 1)]
                has(firing[0], other[0], path)

        for path in ("alerts", "rules", "status/buildinfo", "status/config"):
            has(self.api.data("/api/v1/" + path), theirs.data("/api/v1/" + path), path)

    def test_the_configuration_names_the_files_of_secrets_and_shows_none(self):
        yaml = self.api.data("/api/v1/status/config")["yaml"]
        password = self.watched.folder.values["password"]
        self.assertIn("file: %s" % password, yaml)
        self.assertIn("AuthSuccessRateLow:", yaml)
        with open(password, encoding="utf-8") as secret:
            self.assertNotIn(secret.read().strip(), yaml)

    def test_a_target_and_a_badge_say_that_it_fails(self):
        (target,) = self.api.data("/api/v1/targets", target="demo")["targets"]
        self.assertIn(target["state"], ("failing", "passing"))  # two logins of five fail
        self.assertEqual([alert["labels"]["alertname"] for alert in target["alerts"]], [LOW])
        status, headers, body = self.api.ask("/api/v1/badge/login.svg?target=demo")
        self.assertEqual((status, headers["content-type"]), (200, "image/svg+xml"))
        self.assertIn("login: failing", body.decode())  # whatever the last login did: a page fires
        xml.etree.ElementTree.fromstring(body)


    def status_of(self, *arguments):
        return subprocess.run([SONDE, "status", "--url", self.watched.serve.url, *arguments],
                              capture_output=True, text=True, check=False, timeout=60)

    def test_sonde_status_fails_while_a_critical_alert_fires(self):
        done = self.status_of("--target=demo")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stdout, r"ALERT +%s \(critical\): .*since 20" % LOW)
        self.assertRegex(done.stdout, r"(PASS|FAIL) +login \(login\) at demo")
        done = self.status_of("--output=json")
        answer = json.loads(done.stdout)
        self.assertIn(LOW, [alert["labels"]["alertname"] for alert in answer["alerts"]])
        self.assertEqual([one["probe"] for one in answer["probes"]], ["login"])
        done = self.status_of("--target=nowhere")
        self.assertIn("has no such probe", done.stderr)


class Incidents(unittest.TestCase):
    def test_an_incident_is_one_from_its_first_page_to_its_end_also_over_a_restart(self):
        watched = Watched(self, "login_500", share="2/5")
        until(watched.paged)
        api = Api(self, watched.serve.url)
        (first,) = api.data("/api/v1/incidents", target="demo")["incidents"]
        self.assertEqual((first["state"], len(first["id"])), ("open", 16))
        feed = request(watched.serve.url, "/feeds/demo.atom")[2]
        watched.stop()
        watched.start()
        api = Api(self, watched.serve.url)
        (again,) = api.data("/api/v1/incidents", target="demo")["incidents"]
        self.assertEqual((again["id"], again["startsAt"]), (first["id"], first["startsAt"]))
        self.assertEqual(self.entries(feed), self.entries(request(watched.serve.url, "/feeds/demo.atom")[2]))
        watched.demo.heal()
        until(watched.healed)
        (ended,) = until(lambda: api.data("/api/v1/incidents", state="ended", target="demo")["incidents"])
        self.assertEqual(ended["id"], first["id"])
        told = until(lambda: [(one["receiver"], one["status"]) for one in
                              api.data("/api/v1/incidents/" + first["id"])["alerts"][0]["notifications"]
                              if one["status"] == "resolved"])
        self.assertEqual(told, [("pager", "resolved")])
        items = json.loads(request(watched.serve.url, "/feeds/demo.json")[2])["items"]
        self.assertEqual([one["id"] for one in items], ["urn:sonde:incident:" + first["id"]])
        self.assertTrue(items[0]["title"].startswith("Ended: "), items)
        self.assertEqual(request(watched.serve.url, "/feeds/nobody.atom")[0], 404)

    def entries(self, feed):
        """(id, published) of each entry of an Atom feed that has what RFC 4287 asks for."""
        root = xml.etree.ElementTree.fromstring(feed)
        for of in (root, *root.findall(ATOM + "entry")):
            for name in ("id", "title", "updated"):
                self.assertTrue(of.find(ATOM + name).text)
        self.assertIsNotNone(root.find(ATOM + "author"))
        return [(one.find(ATOM + "id").text, one.find(ATOM + "published").text)
                for one in root.findall(ATOM + "entry")]


if __name__ == "__main__":
    unittest.main()
