"""What deploy/README.md says of Prometheus: a real one scrapes by each of its configurations and takes its rules."""
import re
import subprocess
import unittest

import yaml
from access_test import USERS, Guarded
from shop import Prometheus, tool
from world import SONDE, SOURCE, until

TEXT = (SOURCE / "deploy" / "README.md").read_text()
TWO_TARGETS = """
defaults: {{ every: 1h, timeout: 2s }}
targets:
  production: {{ http: "http://127.0.0.1:1" }}
  staging: {{ http: "http://127.0.0.1:1" }}
probes:
  login: {{ kind: health, target: [production, staging], url: "{{{{target.http}}}}/health" }}
"""


def scrape_configs(text):
    """Each list of scrape_configs in a document."""
    blocks = re.findall(r"(?ms)^```yaml\n(.*?)^```$", text)
    return [parsed["scrape_configs"] for block in blocks if "scrape_configs" in (parsed := yaml.safe_load(block))]


class Documented(Guarded):
    def setUp(self):
        super().setUp()
        self.folder.write(TWO_TARGETS)

    def up(self, jobs, expected):
        """Scrapes by these jobs, faster than they say, until all answer."""
        quick = [{**job, "scrape_interval": "1s", "scrape_timeout": "1s"} for job in jobs]
        prometheus = Prometheus(self, scrape_configs=quick).start()
        found = until(lambda: len(up := prometheus.query("up == 1")) == expected and up)
        self.assertEqual({labels["job"] for labels, _ in found}, {job["job_name"] for job in jobs})
        return prometheus

    def job(self, groups=1, **has):
        """The documented job with these members, and as many groups of addresses."""
        (found,) = [jobs[0] for jobs in scrape_configs(TEXT)
                    if len(jobs[0].get("static_configs", [])) == groups
                    and all((key in jobs[0]) == wanted for key, wanted in has.items())]
        return found

    def test_the_plain_configuration_scrapes(self):
        self.serve("")
        job = self.job(scheme=False, metrics_path=False)
        shipped = yaml.safe_load((SOURCE / "deploy" / "prometheus" / "prometheus.yml").read_text())
        for one in (job, *shipped["scrape_configs"]):
            self.assertEqual(one["static_configs"], [{"targets": ["127.0.0.1:9811"]}])
            one["static_configs"] = [{"targets": [self.url.removeprefix("http://")]}]
            self.up([one], 1)

    def test_the_configuration_of_several_locations_labels_each(self):
        self.serve("")
        job = self.job(groups=3)
        for group in job["static_configs"]:
            group["targets"] = [self.url.removeprefix("http://")]
        prometheus = self.up([job], 3)
        self.assertEqual({labels["location"] for labels, _ in prometheus.query("sonde_build_info")},
                         {"eu", "us", "ap"})

    def test_the_configuration_that_discovers_probes_runs_each_as_the_file_says(self):
        self.folder.write(TWO_TARGETS.replace("1h", "1s").replace("2s", "500ms"))
        self.serve("", "--location=eu", "--shard.count=2", "--shard.index=0", "--shard.replicas=2")
        job = self.job(groups=0)
        for one in job["http_sd_configs"]:
            one["url"] = one["url"].replace("http://127.0.0.1:9811", self.url)
        prometheus = self.up([job], 2)
        found = until(lambda: len(all := prometheus.query("probe_success")) == 2 and all)
        self.assertEqual(
            {tuple(labels[name] for name in ("probe", "kind", "target", "location", "shard"))
             for labels, _ in found},
            {("login", "health", target, "eu", "0") for target in ("production", "staging")})

    def test_the_configuration_with_tls_and_a_password_scrapes(self):
        self.certificates.issue("server", "DNS:sonde.example.com")
        root = self.certificates.root
        (root / "password").write_text("dave123")
        self.serve("tls_server_config: { cert_file: %s, key_file: %s }\n%s" % (
            root / "server.pem", root / "server.key", USERS), "--web.allowed-host=sonde.example.com")
        job = self.job(scheme=True)
        self.assertEqual(job["static_configs"], [{"targets": ["sonde.example.com:9811"]}])
        job["static_configs"] = [{"targets": [self.url.removeprefix("https://")]}]
        job["basic_auth"].update(username="dave", password_file=str(root / "password"))
        job["tls_config"].update(ca_file=str(self.certificates.ca), server_name="sonde.example.com")
        self.up([job], 1)

    def test_the_configuration_that_starts_probes_scrapes(self):
        self.serve("")
        job = self.job(metrics_path=True)
        for one in job["relabel_configs"]:
            if one.get("replacement") == "127.0.0.1:9811":
                one["replacement"] = self.url.removeprefix("http://")
        prometheus = self.up([job], 2)
        found = prometheus.query("probe_success")
        self.assertEqual({labels["instance"] for labels, _ in found}, {"production", "staging"})

    def test_the_rules_that_the_documented_command_makes_are_taken(self):
        (command,) = re.findall(r"(?m)^sonde rules .*$", TEXT)
        file = self.folder.file.parent / "sonde.rules.yml"
        example = SOURCE / "config" / "examples" / "alerts.yaml"
        command = command.replace("/etc/sonde/sonde.yaml", str(example)).replace(
            "/etc/prometheus/sonde.rules.yml", str(file)).replace("sonde rules", "%s rules --no-secrets" % SONDE)
        subprocess.run(["sh", "-ec", command], check=True, timeout=60, capture_output=True)
        code, said = tool("promtool", "check", "rules", file)
        self.assertEqual(code, 0, said)
        self.serve("")
        prometheus = Prometheus(self, scraped=[self.url], rules=file.read_text()).start()
        failed = "prometheus_rule_evaluation_failures_total"
        self.assertTrue(prometheus.ready())
        until(lambda: prometheus.query('sonde_build_info'))
        self.assertEqual(prometheus.query("sum(%s) > 0" % failed), [])


if __name__ == "__main__":
    unittest.main()
