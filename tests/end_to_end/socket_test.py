"""A port that the service manager holds: who connects while the daemon restarts is answered."""
import http.client
import signal
import socket
import subprocess
import threading
import unittest

from shop import Prometheus
from world import SONDE, Folder, Process, request, until, value_on

IDLE = """
targets: {{ shop: {{ http: "http://127.0.0.1:1" }} }}
probes:
  api: {{ kind: health, target: shop, url: "{{{{target.http}}}}/health", every: 1h }}
"""
# As systemd passes a socket: descriptor 3, for this process.
PASSING = ["bash", "-c", 'exec 3<&"$0"; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"']


class Held(unittest.TestCase):
    def setUp(self):
        self.folder = Folder("http://127.0.0.1:1", IDLE)
        self.addCleanup(self.folder.remove)

    def listen(self, host="127.0.0.1", family=socket.AF_INET):
        listener = socket.socket(family)
        self.addCleanup(listener.close)
        listener.bind((host, 0))
        listener.listen(1024)
        return listener

    def command(self, *flags):
        # The address of the flag is not used, so it does not matter that it is taken.
        return [SONDE, "serve", "--config.file", self.folder.file, "--log.format", "logfmt",
                "--web.listen-address", "127.0.0.1:1", *flags]

    def start(self, listener):
        process = Process(*PASSING, str(listener.fileno()), *self.command(),
                          pass_fds=(listener.fileno(),))
        self.addCleanup(lambda: process.child.poll() is None and process.stop())
        process.await_said("ready address=")
        return process

    def test_serves_a_socket_that_systemd_passes(self):
        listener = self.listen()
        address = "127.0.0.1:%d" % listener.getsockname()[1]
        listener.close()
        process = Process("systemd-socket-activate", "-l", address, *self.command())
        self.addCleanup(lambda: process.child.poll() is None and process.stop())
        url = "http://" + address

        def answered():
            try:
                return request(url, "/-/healthy")[0] == 200
            except OSError:
                return False  # it does not listen yet
        until(answered)
        self.assertIn("address=" + address, process.said())

    def test_serves_ipv6_too(self):
        try:
            listener = self.listen("::1", socket.AF_INET6)
        except OSError:
            self.skipTest("no IPv6 here")
        self.start(listener)
        self.assertEqual(request("http://[::1]:%d" % listener.getsockname()[1], "/-/healthy")[0], 200)

    def test_what_is_no_listening_tcp_socket_is_refused(self):
        plain = socket.socket()
        self.addCleanup(plain.close)
        unix = socket.socket(socket.AF_UNIX)
        self.addCleanup(unix.close)
        unix.bind(str(self.folder.file.parent / "port"))
        unix.listen()
        for one in (plain, unix):
            done = subprocess.run([*PASSING, str(one.fileno()), *map(str, self.command())],
                                  pass_fds=(one.fileno(),), capture_output=True, text=True,
                                  timeout=60, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("is not a TCP socket that listens", done.stderr)

    def test_no_request_is_lost_over_restarts(self):
        listener = self.listen()
        url = "http://127.0.0.1:%d" % listener.getsockname()[1]
        process = self.start(listener)
        clients = [Client(url, kept) for kept in (False, False, True)]
        # Ten scrapes a second, each of which may take two, as long as a start on a busy machine.
        prometheus = Prometheus(self, interval="2s", scrape_configs=[{
            "job_name": "sonde", "static_configs": [
                {"targets": [url.removeprefix("http://")], "labels": {"scraper": str(number)}}
                for number in range(20)]}]).start()
        until(lambda: prometheus.query("up == 1"))
        for _ in range(5):
            for client in clients:
                seen = client.answered
                until(lambda c=client, s=seen: c.answered > s + 5)
            self.assertEqual(process.stop(signal.SIGTERM), 0)
            process = self.start(listener)
        for client in clients:
            client.stop()
            self.assertEqual(client.wrong, [])
            self.assertGreater(client.answered, 25)
        # Every one of them has scraped the last daemon too.
        born = value_on(request(url, "/metrics")[2].decode(), "process_start_time_seconds")
        scraped = "process_start_time_seconds >= %f" % (born - 0.01)
        until(lambda: len(prometheus.query(scraped)) == 20)
        ((_, starts),) = prometheus.query("max(changes(process_start_time_seconds[1h]))")
        self.assertGreater(starts, 0)
        self.assertEqual(prometheus.query("min(min_over_time(up[1h]))")[0][1], 1)


class Client(threading.Thread):
    """Asks all the time; as Prometheus does, once more where a kept connection was closed before
    the answer began."""

    def __init__(self, url, kept):
        super().__init__(daemon=True)
        self.address, self.kept = url.removeprefix("http://"), kept
        self.answered, self.wrong, self.ends = 0, [], threading.Event()
        self.connection, self.fresh = None, True
        self.start()

    def ask(self):
        if self.connection is None:
            self.connection, self.fresh = http.client.HTTPConnection(self.address, timeout=60), True
        self.connection.request("GET", "/-/healthy")
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 200:
            self.wrong.append(answer.status)
        self.fresh = False
        self.answered += 1

    def run(self):
        while not self.ends.is_set():
            try:
                self.ask()
                again = self.kept
            except (OSError, http.client.HTTPException) as error:
                if self.fresh:
                    self.wrong.append(repr(error))
                again = False
            if not again:
                self.connection.close()
                self.connection = None

    def stop(self):
        self.ends.set()
        self.join(60)


if __name__ == "__main__":
    unittest.main()
