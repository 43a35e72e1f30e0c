"""What a target sends steers no terminal and forges no line, at any output."""
import http.server
import json
import pathlib
import re
import subprocess
import tempfile
import threading
import unittest
import xml.etree.ElementTree

import yaml

from world import SONDE, Process, request, until

# Ends a line, clears the screen, CSI as one byte and as a character, NUL, DEL, bidi, line ends.
HOSTILE = "bad\nFORGED line\r\x1b[2J\x00\x7f\u009b31m\u202egnp\u2066x\u2028FORGED\u2029\ufeff\u200b"
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


class Target(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        raw = HOSTILE.encode() + b"\xff\x9b31m"
        body = {"/json": json.dumps({"status": HOSTILE}).encode(), "/raw": raw,
                "/mixed": b'{"status":"\x9b31m' + "\u009b\u202e".encode() + b'"}'}.get(self.path, b"")
        odd = "odd \x1b[2J\u009b" if self.path == "/reason" else None
        self.send_response(302 if self.path == "/redirect" else 200, odd)
        if self.path == "/redirect":
            self.send_header("Location", "/\x1b[2J\u009b\u00ff?FORGED")
        self.send_header("Content-Type", "application/json" if self.path != "/type" else "a/\x1b[2J\u009b")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.server.told.append(self.rfile.read(length))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # a client that was cut


class HostileBytes(unittest.TestCase):
    PATHS = ("reason", "json", "raw", "mixed", "redirect", "type")

    def setUp(self):
        self.server = Server(("127.0.0.1", 0), Target)
        self.server.told = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        url = "http://127.0.0.1:%d" % self.server.server_port
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "sonde.yaml"
        expect = {"json": {"/status": "healthy"}}
        self.file.write_text(yaml.safe_dump({
            "targets": {"t": {"http": url}},
            "probes": {path: {"kind": "health", "target": "t", "every": "1s", "timeout": "900ms", "url": url + "/" + path,
                              "expect": {"content_type": "text/css"} if path == "type" else expect}
                       for path in self.PATHS},
            "alerts": {"Down": {"of": "consecutive_failures", "above": 1, "severity": "critical"}},
            "receivers": {"team": {"webhook": {"url": url + "/hook"}, "group_wait": "1s"}},
            "heartbeat": {"url": url + "/json", "every": "30s"},
            "storage": {"path": folder.name + "/store"}}))

    def assert_clean(self, raw, what):
        text = raw.decode()  # it is UTF-8
        found = FORBIDDEN.search(text)
        self.assertIsNone(found, "%s: %r" % (what, found and text[max(0, found.start() - 60):found.end() + 20]))
        for line in text.splitlines():
            self.assertFalse(line.lstrip().startswith("FORGED"), "%s: %r" % (what, line))

    def run_sonde(self, *arguments):
        done = subprocess.run([SONDE, "run", "--config.file", self.file, *arguments],
                              capture_output=True, timeout=60, check=False,
                              env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stdout, done.stderr

    def test_run_in_every_format(self):
        for output in ("text", "json", "junit"):
            out, err = self.run_sonde("--output=" + output)
            self.assert_clean(out, output)
            self.assert_clean(err, output + " on stderr")
            self.assertIn(b"FORGED", out, "the detail is shown")
            if output == "json":
                for line in out.splitlines():
                    json.loads(line)
            if output == "junit":
                xml.etree.ElementTree.fromstring(out)

    def test_everything_that_serve_shows(self):
        for log_format in ("logfmt", "json", "journal"):
            with self.subTest(log_format):
                serve = Process(SONDE, "serve", "--config.file", self.file, "--web.listen-address",
                                "127.0.0.1:0", "--log.format", log_format, "--log.level", "debug")
                self.addCleanup(lambda s=serve: s.child.poll() is None and s.child.kill())
                url = "http://" + serve.await_said(r'address(?:=|":)"?([0-9.:]+)').group(1)
                until(lambda u=url: b'"firing"' in request(u, "/api/v1/alerts")[2])
                until(lambda: self.server.told)
                paths = ["/", "/metrics", "/api/v1/probes", "/api/v1/alerts", "/api/v1/rules",
                         "/api/v1/targets", "/api/v1/incidents", "/feeds/t.atom", "/feeds/t.json"]
                paths += ["/failures/%s/t" % path for path in self.PATHS]
                for path in paths:
                    status, _, body = request(url, path)
                    self.assertIn(status, (200, 404), path)
                    self.assert_clean(body, path)
                    if path.startswith("/api"):
                        json.loads(body)
                self.assert_clean(pathlib.Path(serve.output.name).read_bytes(), "the log")
                serve.stop()
        for body in self.server.told:
            self.assert_clean(body, "the webhook")
            json.loads(body)


if __name__ == "__main__":
    unittest.main()
