"""npm's servers: a small program of ours over each library, whose switches make it misbehave."""
import certificate
from ground import HERE, Peer, request

OWN = HERE / "node" / "node_modules" / ".bin" / "node"


def node():
    """The Node that tests/peers/install brought, or the system's."""
    return OWN if OWN.exists() else "node"


class NodePeer(Peer):
    script = None

    def __init__(self, *arguments):
        super().__init__()
        self.arguments = arguments

    def command(self):
        return [node(), HERE / "servers" / self.script, str(self.port), *self.arguments]

    def turn_on(self, name):
        assert request(self.http, "/switches/" + name, "PUT")[0] == 200

    def heal(self):
        assert request(self.http, "/switches", "DELETE")[0] == 200


class SocketIo(NodePeer):
    script = "socketio.mjs"


class GraphQl(NodePeer):
    script = "graphql.mjs"


class Oidc(NodePeer):
    """`key`: the private key of its client `robot`."""
    script = "oidc.mjs"

    def __init__(self, *arguments):
        super().__init__()
        _, self.key = certificate.make(self.folder)
        self.arguments = (str(self.key), *arguments)


class Chat(NodePeer):
    script = "chat.mjs"


class Http2Only(NodePeer):
    script = "h2only.mjs"

    def __init__(self):
        super().__init__()
        self.certificate, key = certificate.make(self.folder)
        self.arguments = (str(self.certificate), str(key))
