"""The daemon starts, works, reloads and stops with every section, example and block of the documents."""
import http.server
import json
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import unittest

import yaml

from docs_test import completed, fragments, merged, readable, yaml_files
from world import SONDE, Process, until, value_on, request

AT_ONCE = 8


class Quiet(http.server.BaseHTTPRequestHandler):
    """A target, a receiver and whoever hears the heartbeat: all is well for everybody who asks."""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b'{"status":"ok"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that was cut


def base(url):
    return {"targets": {"here": {"http": url, "ws": url.replace("http:", "ws:")}},
            "probes": {"ok": {"kind": "health", "target": "here", "every": "200ms", "timeout": "5s",
                              "url": "{{target.http}}/health"}}}


def sections(url, folder):
    """An example of each section of the file, which the base may be given."""
    secret = pathlib.Path(folder) / "secret"
    secret.write_text("x\n")
    extra = pathlib.Path(folder) / "extra.yaml"
    extra.write_text(yaml.safe_dump({"probes": {"more": {
        "kind": "health", "target": "here", "every": "1s", "timeout": "500ms", "url": url}}}))
    return {
        "include": [str(extra)],
        "location": "here",
        "workers": 2,
        "defaults": {"every": "300ms", "timeout": "250ms"},
        "targets": {"other": {"http": url}},
        "identities": {"alice": {"username": "alice", "password": {"file": str(secret)}}},
        "logins": {"account": {"method": "json", "url": url + "/login", "body": {"user": "a"}}},
        "sockets": {"main": {"url": "{{target.ws}}/chat", "token_in": "none"}},
        "dialects": {"acme": {"extends": "agent-events", "type": ["/kind"]}},
        "probes": {"second": {"kind": "health", "target": "here", "every": "1s",
                              "timeout": "500ms", "url": url}},
        "alerts": {"Down": {"of": "consecutive_failures", "where": {"kind": "health"}, "above": 2,
                            "severity": "critical"}},
        "alerting": "prometheus",
        "storage": {"path": str(pathlib.Path(folder) / "store")},
        "maintenance": {"tonight": {"from": "2099-01-01T00:00:00Z", "to": "2099-01-02T00:00:00Z",
                                    "reason": "a test"}},
        "metrics": {"windows": ["5m", "30d"]},
        "egress": {"references": [{"tcp": url.split("//")[1]}]},
        "receivers": {"team": {"webhook": {"url": url + "/hook"}}},
        "heartbeat": {"url": url + "/hb", "every": "1s"},
        "page": {"public": ["here"], "title": "Our service"},
    }


def handles(pid, number):
    """Whether a process blocks a signal or has a handler for it, so that it does not end of it."""
    text = pathlib.Path("/proc/%d/status" % pid).read_text()
    masks = [int(line.split()[1], 16) for line in text.splitlines()
             if line.startswith(("SigBlk:", "SigCgt:"))]
    return any(mask & 1 << number - 1 for mask in masks)


def hang_up(child):
    child.send_signal(signal.SIGHUP)
    return False


class Started:
    """One daemon of one file."""

    def __init__(self, name, text, folder):
        self.name = name
        root = pathlib.Path(folder) / re.sub(r"\W+", "-", name)
        root.mkdir()
        self.file = root / "sonde.yaml"
        self.file.write_text(text)
        self.process = Process(SONDE, "serve", "--config.file", self.file, "--web.listen-address",
                               "127.0.0.1:0", "--log.format", "logfmt", "--web.enable-lifecycle",
                               "--web.enable-admin-api")

    def live(self):
        """Some beats, a reload by signal, some more beats, a stop."""
        url = "http://" + self.process.await_said(r"address=\"?([0-9.:]+)").group(1)

        def beats():
            page = request(url, "/metrics")[2].decode()
            return sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines()
                       if line.startswith(("sonde_probe_runs_total{", "sonde_probe_skipped_total{")))

        wants_beats = value_on(request(url, "/metrics")[2].decode(), "sonde_probe_runs_total")
        if "every: 200ms" in self.file.read_text() or wants_beats:
            until(lambda: beats() >= 2)
        self.process.child.send_signal(signal.SIGHUP)
        self.process.await_said(r"reloaded|reload refused")
        assert "reload refused" not in self.process.said(), self.process.said()
        for path in ("/", "/-/ready", "/api/v1/alerts", "/api/v1/rules", "/api/v1/probes",
                     "/api/v1/maintenance", "/api/v1/deploys", "/api/v1/targets", "/api/v1/incidents",
                     "/api/v1/status/config", "/api/v1/status/buildinfo", "/api/v1/openapi.json"):
            assert request(url, path)[0] == 200, path
        code = self.process.stop()
        assert code == 0, "ended with %s" % code


class Starts(unittest.TestCase):
    def setUp(self):
        self.server = Server(("127.0.0.1", 0), Quiet)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def live_all(self, files):
        """Lets each (name, text) live, some at a time."""
        files, wrong = list(files), []
        lock = threading.Lock()

        def work():
            while True:
                with lock:
                    if not files:
                        return
                    name, text = files.pop()
                started = Started(name, text, self.folder)
                try:
                    started.live()
                except Exception as fault:  # pylint: disable=broad-except
                    wrong.append("%s: %s\n%s" % (name, fault, text))
                finally:
                    if started.process.child.poll() is None:
                        started.process.child.kill()
                        started.process.child.wait()

        workers = [threading.Thread(target=work) for _ in range(AT_ONCE)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual(wrong, [])

    def test_a_reload_signal_while_it_starts_or_stops_does_not_end_it(self):
        file = pathlib.Path(self.folder) / "sonde.yaml"
        file.write_text(yaml.safe_dump(base(self.url)))
        process = Process(SONDE, "serve", "--config.file", file, "--web.listen-address",
                          "127.0.0.1:0", "--log.format", "logfmt")
        until(lambda: handles(process.child.pid, signal.SIGHUP), every=0.001)
        for _ in range(20):
            process.child.send_signal(signal.SIGHUP)
        process.await_said("reloaded")
        process.child.send_signal(signal.SIGTERM)
        until(lambda: process.child.poll() is not None or hang_up(process.child), every=0.001)
        self.assertEqual(process.child.wait(), 0)

    def test_a_stop_while_it_starts_ends_it_in_order(self):
        file = pathlib.Path(self.folder) / "sonde.yaml"
        file.write_text(yaml.safe_dump(base(self.url)))
        for how in (signal.SIGTERM, signal.SIGINT):
            process = Process(SONDE, "serve", "--config.file", file, "--web.listen-address",
                              "127.0.0.1:0", "--log.format", "logfmt")
            until(lambda child=process.child: handles(child.pid, how), every=0.001)
            self.assertEqual(process.stop(how), 0)

    def test_a_second_daemon_on_one_store_says_only_that_it_cannot_start(self):
        file = pathlib.Path(self.folder) / "sonde.yaml"
        file.write_text(yaml.safe_dump(base(self.url) | {"storage": {"path": self.folder + "/store"}}))
        command = (SONDE, "serve", "--config.file", file, "--web.listen-address", "127.0.0.1:0",
                   "--log.format", "logfmt")
        first = Process(*command)
        self.addCleanup(first.stop)
        first.await_said(r"address=\"?([0-9.:]+)")
        second = Process(*command)
        self.assertEqual(until(lambda: [code for code in [second.child.poll()] if code is not None]), [1])
        self.assertRegex(second.said(), r"cannot start: .*another sonde uses it \(process %d\)" % first.child.pid)
        self.assertNotIn("probing goes on", second.said())

    def test_with_every_section_alone_and_with_all_together(self):
        known = json.loads(subprocess.run([SONDE, "schema"], capture_output=True, text=True,
                                          check=True).stdout)["properties"]
        examples = sections(self.url, self.folder)
        self.assertEqual(set(examples), set(known), "a section has no example here")
        files = {"only what is needed": base(self.url)}
        everything = base(self.url)
        for name, example in examples.items():
            files["with " + name] = merged(base(self.url), {name: example})
            everything = merged(everything, {name: example})
        everything["storage"] = {"path": self.folder + "/all"}
        files["with everything"] = everything
        files["with everything, embedded"] = {**everything, "alerting": "embedded",
                                              "storage": {"path": self.folder + "/embedded"}}
        self.live_all((name, yaml.safe_dump(file)) for name, file in files.items())

    def test_with_every_example_and_every_block_of_the_documents(self):
        files = [(name, readable(text, self.folder)) for name, text in yaml_files()]
        for name, text in fragments():
            file = merged(completed(text, self.folder), base(self.url))
            if "storage" in file:
                file["storage"]["path"] = self.folder + "/" + re.sub(r"\W+", "-", name)
            files.append((name, yaml.safe_dump(file)))
        self.live_all(files)


if __name__ == "__main__":
    unittest.main()
