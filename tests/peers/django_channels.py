"""Django Channels behind Daphne, both from Debian: servers/channels_chat.py."""
from ground import HERE, Peer

DEBIANS = "/usr/bin/python3"  # the one that has Debian's packages


class Channels(Peer):
    def command(self):
        return [DEBIANS, HERE / "servers" / "channels_chat.py", str(self.port), self.folder]

    def environment(self):
        return {"PYTHONDONTWRITEBYTECODE": "1"}
