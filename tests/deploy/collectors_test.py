"""Sonde's metrics by way of a collector beside it: the examples of deploy/collectors."""
import json
import pathlib
import re
import sys
import time
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
from shop import Prometheus, Service  # noqa: E402
from world import CONFIG, SOURCE, Demo, Folder, Serve, request, until, value_on  # noqa: E402

COLLECTORS = SOURCE / "deploy" / "collectors"


class Receiver(Prometheus):
    def command(self):
        return (*super().command(), "--web.enable-remote-write-receiver")


class Agent(Service):
    def __init__(self, test, config):
        super().__init__(test)
        (self.root / "agent.yml").write_text(json.dumps(config))

    def command(self):
        return ("prometheus", "--enable-feature=agent", "--config.file", self.root / "agent.yml",
                "--storage.agent.path", self.root / "data", "--web.listen-address", self.listen)


class RemoteWrite(unittest.TestCase):
    def setUp(self):
        demo = Demo()
        self.addCleanup(demo.stop)
        folder = Folder(demo.url)
        self.addCleanup(folder.remove)
        folder.write("location: eu\n" + CONFIG)
        self.serve = Serve(folder)
        self.addCleanup(self.serve.process.stop)

    def test_the_agent_writes_what_the_rules_look_for_and_what_it_held_back(self):
        config = yaml.safe_load((COLLECTORS / "prometheus-agent.yml").read_text())
        (job,) = config["scrape_configs"]
        self.assertEqual(job["static_configs"], [{"targets": ["127.0.0.1:9811"]}])
        job["static_configs"] = [{"targets": [self.serve.url.removeprefix("http://")]}]
        config["global"]["scrape_interval"] = config["global"]["scrape_timeout"] = "1s"
        receiver = Receiver(self, scrape_configs=[])
        (write,) = config["remote_write"]
        self.assertEqual(write["url"], "https://prometheus.example.com/api/v1/write")
        write["url"] = receiver.url + "/api/v1/write"
        password = receiver.root / "password"
        password.write_text("unused")
        write["basic_auth"]["password_file"] = str(password)
        agent = Agent(self, config).start()
        # The receiver is down at first: what was scraped meanwhile arrives later.
        until(lambda: value_on(request(agent.url, "/metrics")[2].decode(),
                               "prometheus_remote_storage_highest_timestamp_in_seconds"))
        before = time.time()
        receiver.start()
        until(lambda: receiver.query('sonde_build_info{job="sonde", location="eu"} @ %.3f' % before))
        wanted = 'sonde_probe_runs_total{job="sonde", location="eu", probe="login"} > 0'
        until(lambda: receiver.query(wanted))
        until(lambda: receiver.query('up{job="sonde", location="eu"} == 1'))


class Examples(unittest.TestCase):
    """All of them give what the rules need: the job's name, every 15 s, the location."""

    def test_the_collector_of_opentelemetry(self):
        config = yaml.safe_load((COLLECTORS / "otel-collector.yaml").read_text())
        (job,) = config["receivers"]["prometheus"]["config"]["scrape_configs"]
        self.assertEqual((job["job_name"], job["scrape_interval"]), ("sonde", "15s"))
        self.assertEqual(job["static_configs"], [{"targets": ["127.0.0.1:9811"], "labels": {"location": "eu"}}])
        self.assertIs(config["exporters"]["prometheusremotewrite"]["add_metric_suffixes"], False)
        # Whatever a pipeline or an exporter names is defined.
        for kind, names in config["service"]["pipelines"]["metrics"].items():
            self.assertLessEqual(set(names), set(config[kind]), kind)
        self.assertEqual(config["service"]["extensions"], list(config["extensions"]))
        self.assertIn(config["exporters"]["prometheusremotewrite"]["auth"]["authenticator"], config["extensions"])

    def test_alloy(self):
        text = (COLLECTORS / "config.alloy").read_text()
        self.assertIn('"__address__" = "127.0.0.1:9811", "location" = "eu"', text)
        self.assertRegex(text, r'job_name +\= "sonde"')
        self.assertRegex(text, r'scrape_interval = "15s"')
        defined = {".".join(found) for found in re.findall(r'(?m)^([\w.]+) "(\w+)" \{$', text)}
        used = set(re.findall(r"\[([\w.]+)\.receiver\]", text))
        self.assertEqual(used, defined - {"prometheus.scrape.sonde"})
        self.assertEqual(text.count("{"), text.count("}"))


if __name__ == "__main__":
    unittest.main()
