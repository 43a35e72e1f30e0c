"""A demo that fails, a daemon that watches it, and the pager that is told."""
from shop import Alertmanager, Sink
from world import HEAD, Demo, Folder, Serve

CONFIG = HEAD.replace("{every}", "50ms") + """
probes:
  login: {{ kind: login, target: demo }}
alerts:
  AuthSuccessRateLow: {{ of: auth_success, below: 90%, over: 20s, for: 1s, keep_firing_for: 1s,
                         min_samples: 100, severity: critical }}
receivers:
  pager: {{ alertmanager: {{ urls: [{alertmanager}] }} }}
storage: {{ path: {store} }}
{more}
"""

LOW = "AuthSuccessRateLow"


class Watched:
    """A demo, a daemon that watches it, and the pager that the daemon tells."""

    def __init__(self, test, fault=None, more="", text=CONFIG, flags=(), **faulty):
        self.flags = flags
        self.sink = Sink(test)
        self.alertmanager = Alertmanager(test, self.sink.url).start()
        self.demo = Demo()
        test.addCleanup(self.demo.stop)
        if fault:
            self.demo.fault(fault, **faulty)
        self.folder = Folder(self.demo.url, text, alertmanager=self.alertmanager.url, store="unset",
                             more=more)
        test.addCleanup(self.folder.remove)
        self.folder.values["store"] = self.folder.file.parent / "store"
        self.folder.write(text)
        self.serve = None
        test.addCleanup(self.stop)
        self.start()

    def start(self):
        self.serve = Serve(self.folder, *self.flags)
        return self

    def stop(self):
        if self.serve is not None and self.serve.process.child.poll() is None:
            self.serve.process.stop()

    def attempts(self):
        return self.serve.value("sonde_auth_attempts_total", probe="login") or 0

    def paged(self):
        return self.sink.told(LOW, "firing")

    def healed(self):
        return self.sink.told(LOW, "resolved")
