"""Node-RED (npm) with two users and flows that answer over WebSocket."""
import shutil

from ground import HERE, Peer, request
from node import node


class NodeRed(Peer):
    def __init__(self):
        super().__init__()
        shutil.copy(HERE / "servers" / "node_red_flows.json", self.folder / "flows.json")

    def command(self):
        return [node(), HERE / "node_modules" / "node-red" / "red.js",
                "--settings", HERE / "servers" / "node_red_settings.cjs"]

    def environment(self):
        return {"PORT": str(self.port), "FOLDER": str(self.folder), "HOME": str(self.folder)}

    def ready(self):
        # The port is open before the flows are there.
        return super().ready() and request(self.http, "/ask", "POST")[0] == 401
