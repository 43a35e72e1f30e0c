"""What all rows stand on: the scratch folder, the certificates, the bench server, the settings."""

import contextlib
import http.client
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from process import Child

PEERS = Path(__file__).parent / "peers"


@dataclass
class Ground:
    """Handed to every row."""

    build: Path
    scratch: Path
    quick: bool
    plain_port: int
    tls_port: int
    ca: Path

    def pick(self, full, quick):
        return quick if self.quick else full

    @property
    def sonde(self):
        return self.build / "sonde"

    def base(self, tls=False, websocket=False):
        scheme = ("wss" if tls else "ws") if websocket else ("https" if tls else "http")
        return f"{scheme}://127.0.0.1:{self.tls_port if tls else self.plain_port}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, path, seconds=10):
    """The body of one GET on loopback."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}: {body[:200]}")
    return body


def _openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def make_certificates(folder):
    """A CA of its own and a leaf for 127.0.0.1, both ECDSA P-256: (ca, cert, key)."""
    ca, ca_key = folder / "ca.pem", folder / "ca.key"
    cert, key, request = folder / "leaf.pem", folder / "leaf.key", folder / "leaf.csr"
    names = folder / "leaf.ext"
    names.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n")
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    _openssl("req", "-x509", *curve, "-keyout", ca_key, "-out", ca, "-days", 2,
             "-subj", "/CN=bench ca")
    _openssl("req", *curve, "-keyout", key, "-out", request, "-subj", "/CN=127.0.0.1")
    _openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial",
             "-out", cert, "-days", 2, "-extfile", names)
    return ca, cert, key


@contextlib.contextmanager
def standing(build, scratch, quick):
    """The Ground, with the bench server running."""
    ca, cert, key = make_certificates(scratch)
    server = build / "tests/bench/sonde-bench-server"
    with Child([server, cert, key], scratch / "server.log") as child:
        plain, tls = map(int, child.line().split())
        yield Ground(build, scratch, quick, plain, tls, ca)
