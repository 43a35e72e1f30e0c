"""prometheus-blackbox-exporter, driven by scrapes over one connection that is kept open."""

import contextlib
import http.client
import time
from subprocess import DEVNULL
from urllib.parse import urlencode

from ground import free_port, get
from process import Child

CONFIG = """\
modules:
  health:
    prober: http
    timeout: 5s
    http:
      valid_status_codes: [200]
      fail_if_body_not_matches_regexp: ['healthy']
      preferred_ip_protocol: ip4
      tls_config: {{ ca_file: {ca} }}
"""


class Blackbox:
    def __init__(self, child, port):
        self.child = child
        self.port = port

    def probe(self, urls):
        """Probes each URL once, in order."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            for url in urls:
                connection.request("GET", "/probe?" + urlencode({"target": url, "module": "health"}))
                body = connection.getresponse().read()
                if b"\nprobe_success 1" not in body:
                    raise RuntimeError(f"blackbox_exporter did not reach {url}")

    def cpu_ms(self, url, count):
        """Milliseconds of CPU a probe."""
        self.probe([url] * 50)
        before = self.child.cpu()
        self.probe([url] * count)
        return (self.child.cpu() - before) / count * 1e3


@contextlib.contextmanager
def running(ground):
    config = ground.scratch / "blackbox.yml"
    config.write_text(CONFIG.format(ca=ground.ca))
    port = free_port()
    argv = ["prometheus-blackbox-exporter", f"--config.file={config}",
            f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    with Child(argv, ground.scratch / "blackbox.log", stdout=DEVNULL) as child:
        for _ in range(100):
            with contextlib.suppress(OSError):
                get(port, "/-/healthy")
                break
            time.sleep(0.05)
        yield Blackbox(child, port)
