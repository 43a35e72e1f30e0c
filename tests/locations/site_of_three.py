"""Three locations with three shards each, two machines with Prometheus and Alertmanager, a target, and a pager."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
from network import Network  # noqa: E402  (the folder of the next ones has to be known first)
from shop import Alertmanager, Prometheus, Sink  # noqa: E402
from world import DEMO, PATIENCE, SONDE, SOURCE, Process, request, until  # noqa: E402

LOCATIONS = ("a", "b", "c")
SHARDS = 3
WATCHES = ("watch-1", "watch-2")
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"

# A probe and a scrape every two seconds, and a minute of Sonde's own rules is as short as that makes it.
INTERVAL = 2
MINUTE = 8
CONFIG = """
location: {location}
alerting: prometheus
defaults: {{ every: 2s, timeout: 4s, login: account, as: alice }}
egress: {{ every: 1s, timeout: 2s, references: [{{ tcp: "{references[0]}" }}, {{ tcp: "{references[1]}" }}] }}
storage: {{ path: {store} }}
targets:
  shop:
    http: {target}
    auth: {target}
    ws: {websocket}
    identities:
      alice: {{ username: alice@example.com, password: {{ file: {password} }} }}
logins:
  account:
    method: json
    url: "{{{{target.auth}}}}/auth/login"
    body: {{ email: "{{{{identity.username}}}}", password: "{{{{identity.password}}}}" }}
    jwt: {{ algorithms: [RS256] }}
sockets:
  main:
    url: "{{{{target.ws}}}}/websocket"
    ready: {{ type: connection_established, within: 4s,
              identity: {{ at: /data/user_id, equals: "{{{{identity.username}}}}" }} }}
probes:
  api_health: {{ kind: health, target: shop, url: "{{{{target.http}}}}/api/health" }}
  login: {{ kind: login, target: shop }}
  login_page: {{ kind: login, target: shop }}
  upgrade: {{ kind: upgrade, target: shop, socket: main, refuse: [no_token] }}
  upgrade_again: {{ kind: upgrade, target: shop, socket: main }}
  chat: {{ kind: chat, target: shop, socket: main, challenge: product,
           prompt: "Use the calculator tool: what is {{{{challenge}}}}? Reply with the number only." }}
alerts:
  AuthOutage: {{ of: consecutive_failures, above: 2, where: {{ kind: [login, upgrade] }}, keep_firing_for: 5s,
                 severity: critical }}
  AuthSuccessRateLow: {{ of: auth_success, below: 90%, over: 30s, for: 8s, keep_firing_for: 5s, min_samples: 10,
                         severity: critical }}
  ChatOutage: {{ of: consecutive_failures, above: 2, where: {{ kind: chat }}, keep_firing_for: 5s,
                 severity: critical }}
"""


def faster(rules):
    """The rules with all that is not of the file's own alerts sped up as the rest is."""
    before, mark, own = rules.partition("  - name: sonde.own\n")
    assert mark, rules
    own = re.sub(r"(?m)^( +for: )(\d+)m$",
                 lambda found: "%s%ds" % (found[1], int(found[2]) * MINUTE), own)
    return re.sub(r"(?m)^    interval: \d+s$", "    interval: %ds" % INTERVAL, before + mark + own)


class Daemon:
    """A shard at a location, with a store of its own."""

    def __init__(self, site, location, shard):
        self.site, self.location, self.shard = site, location, shard
        self.machine = site.network[location]
        self.url = "http://%s:%d" % (self.machine.address, 9811 + shard)
        self.root = site.root / location / str(shard)
        self.root.mkdir(parents=True)
        self.file = self.root / "sonde.yaml"
        self.file.write_text(CONFIG.format(
            location=location, store=self.root / "store", target=site.target,
            websocket=site.target.replace("http", "ws"), password=site.password,
            references=site.references))
        self.environment = {}
        self.process = None

    def begin(self):
        self.process = Process(
            *self.machine.through, SONDE, "serve", "--config.file", self.file, "--log.format", "logfmt",
            "--web.listen-address", self.url.removeprefix("http://"),
            "--shard.index", "sonde-%d" % self.shard, "--shard.count", SHARDS,
            environment=self.environment)

    def await_begun(self):
        self.process.await_said(r"address=")

    def end(self, **how):
        self.process.stop(**how)


class Watch:
    """A Prometheus that scrapes and judges, and an Alertmanager of the cluster, on one machine."""

    def __init__(self, test, site, name):
        self.name, self.machine = name, site.network[name]
        self.where = {"address": self.machine.address, "through": self.machine.through}
        self.cluster = "%s:9094" % self.machine.address
        self.alertmanager = Clustered(test, site, self)
        self.site, self.test = site, test
        self.prometheus = None

    def add_prometheus(self, rules):
        self.prometheus = Judge(self.test, rules=rules, interval="%ds" % INTERVAL, scrape_configs=[
            {"job_name": "sonde", "static_configs": [
                {"targets": [daemon.url.removeprefix("http://")], "labels": {"location": daemon.location}}
                for daemon in self.site.daemons]}], **self.where)
        file = self.prometheus.root / "prometheus.yml"
        config = json.loads(file.read_text())
        config["global"]["external_labels"] = {"replica": self.name}
        config["alerting"] = {
            "alert_relabel_configs": [{"action": "labeldrop", "regex": "replica"}],
            "alertmanagers": [{"static_configs": [{"targets": [
                watch.alertmanager.listen for watch in self.site.watches]}]}]}
        file.write_text(json.dumps(config))

    def judged(self):
        """How often Prometheus has judged each group of rules since it started."""
        page = request(self.prometheus.url, "/metrics")[2].decode()
        return {group: float(count) for group, count in re.findall(
            r'(?m)^prometheus_rule_group_iterations_total\{rule_group="[^"]*;([^"]*)"\} (\S+)$', page)}


class Judge(Prometheus):
    """With the resend delay in the relation to its interval that it has by default: an alert ends at
    Alertmanager after four of them without a word."""

    def command(self):
        kept = [part for part in super().command() if "resend-delay" not in str(part)]
        return (*kept, "--rules.alert.resend-delay=%ds" % (4 * INTERVAL))


class Clustered(Alertmanager):
    """With the routes and inhibitions that Sonde ships. As with Alertmanager's own values, a group is told of after
    one has waited for the other (peer-timeout), and again only long after that."""

    def __init__(self, test, site, watch):
        super().__init__(test, site.sink.url, **watch.where)
        self.watch, self.site = watch, site
        config = yaml.safe_load((SOURCE / "deploy" / "alertmanager" / "alertmanager.yml").read_text())
        for route in (config["route"], *config["route"]["routes"]):
            for key, value in {"group_wait": "3s", "group_interval": "10s", "repeat_interval": "4h"}.items():
                if key in route and route[key] != "0s":
                    route[key] = value
        config["receivers"] = [
            {"name": receiver["name"], **({} if receiver["name"] == "nobody" else {"webhook_configs": [
                {"url": site.sink.url, "send_resolved": True}]})}
            for receiver in config["receivers"]]
        (self.root / "alertmanager.yml").write_text(json.dumps(config))

    def command(self):
        others = [watch.cluster for watch in self.site.watches if watch is not self.watch]
        return ("prometheus-alertmanager", "--config.file", self.root / "alertmanager.yml",
                "--storage.path", self.root / "data", "--data.maintenance-interval=1s",
                "--cluster.listen-address", self.watch.cluster, "--cluster.peer-timeout=2s",
                "--cluster.settle-timeout=2s", "--cluster.pushpull-interval=4s",
                "--cluster.reconnect-interval=1s",
                *("--cluster.peer=" + other for other in others), "--web.listen-address", self.listen)


class Pager(Sink):
    """Reads what it is sent as PagerDuty does: the first message of a group opens an incident of it, until all of
    the group has ended."""

    def opened(self, receiver):
        """[the first message of each incident] in the order in which they were opened."""
        incidents, is_open = [], {}
        for message in list(self.messages):
            if message["receiver"] == receiver:
                firing = message["status"] == "firing"
                if firing and not is_open.get(message["groupKey"]):
                    incidents.append(message)
                is_open[message["groupKey"]] = firing
        return incidents

    def repeated(self, receiver):
        """[message] that say nothing that the message of their group before them did not say."""
        found, last = [], {}
        for message in list(self.messages):
            if message["receiver"] == receiver:
                said = sorted((alert["fingerprint"], alert["status"]) for alert in message["alerts"])
                if last.get(message["groupKey"]) == said:
                    found.append(message)
                last[message["groupKey"]] = said
        return found

    def ended(self, receiver):
        """Whether no incident is open."""
        last = {message["groupKey"]: message["status"] for message in list(self.messages)
                if message["receiver"] == receiver}
        return "firing" not in last.values()


def words(messages):
    """What a failed test shows of messages."""
    return ["%s %s" % (message["status"], [
        (alert["labels"], alert["annotations"].get("description")) for alert in message["alerts"]])
        for message in messages]


class Site:
    def __init__(self, test, skew=None):
        """`skew`: seconds by which the clocks of a location are behind. None can be ahead: libfaketime makes a timer
        of asio that is due at once one that is never due."""
        self.test = test
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.password = self.root / "alice.pw"
        self.password.write_text("alice-password\n")
        self.network = Network(test, ["target", *LOCATIONS, *WATCHES])
        self.sink = Pager(test, self.network["home"].address)
        self.target = "http://%s:8080" % self.network["target"].address
        self.demo = Process(*self.network["target"].through, DEMO, "--think", "5ms",
                            "--listen", self.target.removeprefix("http://"))
        test.addCleanup(self.demo.stop)
        self.watches = []
        self.watches.extend(Watch(test, self, name) for name in WATCHES)
        self.references = [watch.alertmanager.listen for watch in self.watches]
        for watch in self.watches:
            watch.alertmanager.start()
        self.daemons = [Daemon(self, location, shard) for location in LOCATIONS for shard in range(SHARDS)]
        for daemon in self.daemons:
            seconds = (skew or {}).get(daemon.location)
            if seconds:
                daemon.environment = {"LD_PRELOAD": FAKETIME, "FAKETIME": "-%d" % seconds,
                                      "DONT_FAKE_MONOTONIC": "1"}
            daemon.begin()
            test.addCleanup(self.end, daemon)
        for daemon in self.daemons:
            daemon.await_begun()
        rules = faster(subprocess.run([SONDE, "rules", "--config.file", self.daemons[0].file], check=True,
                                      capture_output=True, text=True, timeout=60).stdout)
        for watch in self.watches:
            watch.add_prometheus(rules)
        for watch in self.watches:
            watch.prometheus.start()
        for watch in self.watches:
            until(lambda: self.all_seen(watch))
        self.await_cluster()
        self.pass_time(5)

    def await_cluster(self):
        """Until the Alertmanagers know of each other: one that does not tells of all alerts itself."""
        def joined(watch):
            cluster = json.loads(request(watch.alertmanager.url, "/api/v2/status")[2])["cluster"]
            return cluster["status"] == "ready" and len(cluster["peers"]) == len(self.watches)
        for watch in self.watches:
            until(lambda: joined(watch))

    @staticmethod
    def end(daemon):
        if daemon.process.child.poll() is None:
            daemon.end()

    def all_seen(self, watch):
        """Whether each location has a verdict of each probe."""
        probes = watch.prometheus.query("count by (location) (sonde_probe_success == 1)")
        return {labels["location"]: count for labels, count in probes} == dict.fromkeys(LOCATIONS, 6.0)

    def pass_time(self, rounds):
        """Until every Prometheus that runs has judged all rules that often from now on."""
        begun = [(watch, watch.judged()) for watch in self.running()]
        for watch, judged in begun:
            until(lambda: all(watch.judged().get(group, 0) >= count + rounds for group, count in judged.items()),
                  patience=PATIENCE + 2 * INTERVAL * rounds, every=0.2)

    def running(self):
        return [watch for watch in self.watches if watch.prometheus.process.child.poll() is None]

    def fault(self, name):
        assert request(self.target, "/faults/" + name, "PUT")[0] == 200

    def heal(self):
        assert request(self.target, "/faults", "DELETE")[0] in (200, 204)

    def pages(self):
        return self.sink.opened("pager")

    def warnings(self):
        return self.sink.opened("team")

    def show(self):
        """What a failed test should say."""
        return "\n".join([*words(self.sink.messages)])
