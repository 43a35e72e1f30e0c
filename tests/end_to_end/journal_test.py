"""journald is handed each record with its fields; where it does not listen, stderr is."""
import os
import pathlib
import signal
import socket
import struct
import subprocess
import tempfile
import unittest

from world import SONDE, Process, free_port, until

# A mount namespace of its own, in which the folder that follows stands for /run/systemd/journal.
APART = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
         'mount -t tmpfs none /run && mkdir -p /run/systemd/journal && '
         '{ [ -z "$0" ] || mount --bind "$0" /run/systemd/journal; } && exec "$@"']

CONFIG = """
defaults: {{ every: 200ms, timeout: 2s }}
targets: {{ shop: {{ http: "http://127.0.0.1:{port}" }} }}
probes:
  api: {{ kind: health, target: shop, url: "{{{{target.http}}}}/health" }}
"""


def may_be_apart():
    """Some containers forbid namespaces to those within."""
    return subprocess.run([*APART, "", "true"], capture_output=True, check=False).returncode == 0


def fields_of(datagram):
    """Fields of the journal's native protocol: NAME=value lines, or NAME, a size and bytes."""
    fields = {}
    while datagram:
        line, _, rest = datagram.partition(b"\n")
        name, equals, value = line.partition(b"=")
        if not equals:
            (size,) = struct.unpack("<Q", rest[:8])
            value, rest = rest[8:8 + size], rest[9 + size:]
        fields[name.decode()] = value.decode()
        datagram = rest
    return fields


@unittest.skipUnless(may_be_apart(), "needs a mount namespace")
class Journal(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.port = free_port()
        self.file = self.folder / "sonde.yaml"
        self.file.write_text(CONFIG.format(port=self.port))

    def serve(self, journal):
        serve = Process(*APART, journal, SONDE, "serve", "--config.file", self.file,
                        "--web.listen-address", "127.0.0.1:0", "--log.format", "journal")
        self.addCleanup(lambda: serve.child.poll() is None and serve.child.kill())
        return serve

    def test_has_a_field_of_its_own_for_each_fact(self):
        folder = self.folder / "journal"
        folder.mkdir()
        heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(heard.close)
        heard.bind(str(folder / "socket"))
        heard.settimeout(30)
        serve = self.serve(folder)
        record = until(lambda: (lambda fields: fields if "PROBE" in fields else None)(
            fields_of(heard.recv(1 << 16))))
        self.assertEqual(record["PROBE"], "api")
        self.assertEqual(record["TARGET"], "shop")
        self.assertEqual(record["STEP"], "health")
        self.assertEqual(record["REASON"], "tcp_refused")
        self.assertEqual(record["PRIORITY"], "6")
        self.assertEqual(record["SYSLOG_IDENTIFIER"], "sonde")
        self.assertRegex(record["RUN"], r"^[0-9a-f]{32}$")
        self.assertIn("check fails", record["MESSAGE"])
        self.assertNotIn("<6>", serve.said(), "nothing is said twice")
        serve.stop()

    def test_is_not_needed(self):
        serve = self.serve("")
        serve.await_said(r'<6>msg="check fails" probe=api target=shop step=health reason=tcp_refused')
        serve.stop()

    def test_that_goes_away_leaves_the_records_to_stderr(self):
        folder = self.folder / "journal"
        folder.mkdir()
        heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(heard.close)
        heard.bind(str(folder / "socket"))
        heard.settimeout(30)
        serve = self.serve(folder)
        until(lambda: "PROBE" in fields_of(heard.recv(1 << 16)))
        os.remove(folder / "socket")
        serve.child.send_signal(signal.SIGHUP)
        serve.await_said(r'<\d>msg=')
        serve.stop()

    def test_whose_reader_stands_still_does_not_hold_the_end(self):
        folder = self.folder / "journal"
        folder.mkdir()
        deaf = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(deaf.close)
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        deaf.bind(str(folder / "socket"))
        filler = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.addCleanup(filler.close)
        try:
            while True:
                filler.sendto(b"MESSAGE=full\n", str(folder / "socket"))
        except BlockingIOError:
            pass
        serve = self.serve(folder)
        until(lambda: len(os.listdir("/proc/%d/task" % serve.child.pid)) > 3)  # it is starting
        self.assertEqual(serve.stop(patience=30), 0)


if __name__ == "__main__":
    unittest.main()
