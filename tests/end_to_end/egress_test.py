"""The prober's own way out: while it is gone no target is blamed, and one alert says so."""
import json
import socketserver
import threading
import unittest

from watched import LOW, Watched
from world import free_port, request, until


class Reference:
    """Somebody who answers whenever our own network works."""

    def __init__(self, port):
        self.server = socketserver.TCPServer(("127.0.0.1", port), socketserver.BaseRequestHandler,
                                             bind_and_activate=False)
        self.server.allow_reuse_address = True
        self.server.server_bind()
        self.server.server_activate()
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Egress(unittest.TestCase):
    def setUp(self):
        self.ports = [free_port(), free_port()]
        self.references = []
        self.addCleanup(self.close)
        self.open()
        self.watched = Watched(self, more="""
egress: { every: 200ms, timeout: 500ms, references: [{ tcp: "127.0.0.1:%d" }, { tcp: "127.0.0.1:%d" }] }
""" % tuple(self.ports))

    def open(self):
        self.references = [Reference(port) for port in self.ports]

    def close(self):
        for reference in self.references:
            reference.stop()
        self.references = []

    def value(self, name, **labels):
        return self.watched.serve.value(name, probe="login", **labels) or 0

    def blind(self):
        return self.value("sonde_probe_inconclusive_total", reason="egress_down")

    def alerts(self):
        """The names of what is pending or fires."""
        answer = json.loads(request(self.watched.serve.url, "/api/v1/alerts")[2])
        return [alert["labels"]["alertname"] for alert in answer["data"]["alerts"]]

    def failed(self):
        return self.value("sonde_probe_failures_total", step="login", reason="tcp_refused")

    def test_without_a_way_out_nobody_is_blamed_and_with_one_the_target_is(self):
        until(lambda: self.watched.serve.value("sonde_egress_up") == 1)
        until(lambda: self.value("sonde_probe_runs_total") >= 120)
        self.close()
        until(lambda: self.watched.serve.value("sonde_egress_up") == 0)
        self.watched.demo.stop()
        until(lambda: self.blind() >= 150)
        self.assertEqual(self.failed(), 0)
        until(lambda: "SondeBlind" in self.alerts())
        self.assertNotIn(LOW, self.alerts())
        self.open()
        until(self.watched.paged)
        until(lambda: self.failed() > 0)
        until(lambda: "SondeBlind" not in self.alerts())


if __name__ == "__main__":
    unittest.main()
