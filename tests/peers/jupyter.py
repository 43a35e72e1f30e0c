"""Jupyter Server with a password, a token and Python kernels."""
import hashlib
import json
import urllib.request

from ground import Peer, open_port, program

PASSWORD = "jupyter-password"
TOKEN = "jupyter-token-0123456789"


def hashed(password, salt="0123456789ab"):
    """As jupyter_server.auth.passwd writes it with its older algorithm."""
    digest = hashlib.sha1((password + salt).encode()).hexdigest()
    return "sha1:%s:%s" % (salt, digest)


class Jupyter(Peer):
    def command(self):
        return [program("jupyter-server"), "--allow-root", "--ip=127.0.0.1", "--no-browser",
                "--port=%d" % self.port, "--ServerApp.port_retries=0",
                "--ServerApp.root_dir=%s" % self.folder, "--ServerApp.password=" + hashed(PASSWORD),
                "--ServerApp.token=" + TOKEN]

    def environment(self):
        home = str(self.folder)
        return {"HOME": home, "JUPYTER_CONFIG_DIR": home + "/config", "IPYTHONDIR": home + "/ipython",
                "JUPYTER_DATA_DIR": home + "/data", "JUPYTER_RUNTIME_DIR": home + "/runtime",
                "PATH": "/usr/bin:/bin"}

    def ready(self):
        return open_port(self.port) and self.api("/api/status") is not None

    def api(self, path, body=None):
        asked = urllib.request.Request(self.http + path, body and json.dumps(body).encode(),
                                       {"Authorization": "token " + TOKEN})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return json.loads(answer.read())

    def new_kernel(self):
        return self.api("/api/kernels", {"name": "python3"})["id"]

    def kernels(self):
        return [kernel["id"] for kernel in self.api("/api/kernels")]
