"""What the servers here have in common: a folder, free ports, an end by process id."""
import pathlib
import shutil
import socket
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "end_to_end"))

from world import SOURCE, Process, free_port, request, until  # noqa: E402,F401

# Debian keeps daemons where only root looks.
PATH = "/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin:/sbin:/bin"


def program(name):
    found = shutil.which(name, path=PATH)
    if not found:
        raise AssertionError("no %s on this machine; run tests/peers/install" % name)
    return found


def open_port(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


class Peer:
    """A server for the time of a `with` block. `start` returns once it answers."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="sonde-peer-")
        self.folder = pathlib.Path(self._folder.name)
        self.port = free_port()
        self.process = None

    @property
    def http(self):
        return "http://127.0.0.1:%d" % self.port

    @property
    def ws(self):
        return "ws://127.0.0.1:%d" % self.port

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {}

    def ready(self):
        return open_port(self.port)

    def start(self):
        self.process = Process(*self.command(), environment=self.environment())
        return self

    def await_ready(self):
        def look():
            if self.process.child.poll() is not None:
                raise AssertionError("%s ended:\n%s" % (self.command()[0], self.process.said()))
            return self.ready()
        until(look)
        return self

    def stop(self):
        if self.process:
            process, self.process = self.process, None
            process.stop()

    def __enter__(self):
        return self.start().await_ready()

    def __exit__(self, *_):
        self.stop()
        self._folder.cleanup()
