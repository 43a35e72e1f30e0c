"""The parts of a Prometheus shop, real ones, on free ports: Prometheus, Alertmanager, a webhook sink."""
import http.server
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse

from world import Process, free_port, request, until


def tool(*command):
    """(exit code, output). Promtool takes all it gets for minutes; tests beside it keep times."""
    # Four tenths of its time is the collection of garbage, with the limit that Go has by default.
    done = subprocess.run(["nice", *[str(part) for part in command]], capture_output=True, text=True,
                          timeout=1500, check=False,
                          env={**os.environ, "GOGC": "off", "GOMEMLIMIT": "1GiB"})
    return done.returncode, done.stdout + done.stderr


class Service:
    """A server with a data folder, which can be killed and started again on its port."""

    def __init__(self, test, address="127.0.0.1", through=()):
        """`through`: the beginning of a command that runs it where it has that address."""
        self.through = through
        self.listen = "%s:%d" % (address, free_port())
        self.url = "http://" + self.listen
        self.folder = tempfile.TemporaryDirectory()
        test.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        self.process = None
        test.addCleanup(self.stop)

    def start(self):
        self.process = Process(*self.through, *self.command())
        until(self.ready)
        return self

    def ready(self):
        if self.process.child.poll() is not None:
            raise AssertionError("ended:\n" + self.process.said())
        try:
            return request(self.url, "/-/ready")[0] == 200
        except OSError:
            return False

    def kill(self):
        self.process.stop(signal.SIGKILL)

    def stop(self):
        if self.process is not None and self.process.child.poll() is None:
            self.process.stop()


class Prometheus(Service):
    def __init__(self, test, scraped=(), rules=None, alertmanager=None, interval="250ms",
                 scrape_configs=None, **where):
        super().__init__(test, **where)
        config = {
            "global": {"scrape_interval": interval, "scrape_timeout": interval,
                       "evaluation_interval": interval},
            "scrape_configs": scrape_configs or [{"job_name": "sonde", "static_configs": [
                {"targets": [url.removeprefix("http://") for url in scraped]}]}]}
        if rules is not None:
            (self.root / "rules.yml").write_text(rules)
            config["rule_files"] = [str(self.root / "rules.yml")]
        if alertmanager is not None:
            config["alerting"] = {"alertmanagers": [{"static_configs": [
                {"targets": [alertmanager.url.removeprefix("http://")]}]}]}
        (self.root / "prometheus.yml").write_text(json.dumps(config))

    def command(self):
        return ("prometheus", "--config.file", self.root / "prometheus.yml",
                "--storage.tsdb.path", self.root / "data", "--rules.alert.resend-delay=1s",
                "--enable-feature=exemplar-storage",
                "--web.listen-address", self.listen)

    def query(self, promql):
        """[(labels, value)] of an instant query."""
        path = "/api/v1/query?" + urllib.parse.urlencode({"query": promql})
        answer = json.loads(request(self.url, path)[2])
        assert answer["status"] == "success", answer
        return [(one["metric"], float(one["value"][1])) for one in answer["data"]["result"]]

    def exemplars(self, promql):
        """[{labels, value, timestamp}] of the last ten minutes."""
        now = time.time()
        path = "/api/v1/query_exemplars?" + urllib.parse.urlencode(
            {"query": promql, "start": now - 600, "end": now + 60})
        answer = json.loads(request(self.url, path)[2])
        assert answer["status"] == "success", answer
        return [one for series in answer["data"] for one in series["exemplars"]]


class Alertmanager(Service):
    """Tells one webhook of everything, at once, each alert by itself."""

    def __init__(self, test, webhook, **where):
        super().__init__(test, **where)
        (self.root / "alertmanager.yml").write_text(json.dumps({
            "route": {"receiver": "sink", "group_by": ["..."], "group_wait": "0s",
                      "group_interval": "1s", "repeat_interval": "4h"},
            "receivers": [{"name": "sink", "webhook_configs": [
                {"url": webhook, "send_resolved": True}]}]}))

    def command(self):
        # What it notified is on disk after a second, so that a kill does not make it tell again.
        return ("prometheus-alertmanager", "--config.file", self.root / "alertmanager.yml",
                "--storage.path", self.root / "data", "--cluster.listen-address=",
                "--data.maintenance-interval=1s",
                "--web.listen-address", self.listen)

    def remembers(self, alertname):
        """Whether it has on disk that it told somebody of the alert."""
        log = self.root / "data" / "nflog"
        return log.exists() and alertname.encode() in log.read_bytes()

    def alerts(self):
        return json.loads(request(self.url, "/api/v2/alerts")[2])


class Sink:
    """A webhook that keeps every message it is told."""

    def __init__(self, test, address="127.0.0.1"):
        self.messages = []
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sink.messages.append(json.loads(body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((address, 0), Handler)
        self.url = "http://%s:%d/" % self.server.server_address
        thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        test.addCleanup(self.server.server_close)
        test.addCleanup(thread.join)
        test.addCleanup(self.server.shutdown)

    def told(self, alertname, status, **labels):
        """Every alert of that name and status, in the order in which it was told."""
        wanted = {"alertname": alertname, **labels}
        return [alert for message in list(self.messages) for alert in message["alerts"]
                if alert["status"] == status
                and all(alert["labels"].get(key) == value for key, value in wanted.items())]
