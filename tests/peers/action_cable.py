"""Action Cable of Rails under Puma, both from Debian: servers/cable.ru."""
from ground import HERE, Peer, program


class ActionCable(Peer):
    def command(self):
        return [program("puma"), "--bind", "tcp://127.0.0.1:%d" % self.port, "--threads", "1:5",
                "--environment", "production", "--dir", self.folder, HERE / "servers" / "cable.ru"]

    def environment(self):
        return {"PORT": str(self.port), "RAILS_ENV": "production", "HOME": str(self.folder)}
