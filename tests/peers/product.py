"""What the products here have in common: an example that passes again and again, and failures that
are told apart."""
import os

from example import Checks, why
from ground import free_port
from nginx import Nginx

PASSWORDS = {"ALICE_PASSWORD": "alice-password", "BOB_PASSWORD": "bob-password"}
RUNS = int(os.environ.get("SONDE_PEER_RUNS", "5"))
GARBAGE = "  garbage: { method: token, token: { env: GARBAGE } }\n"


class Product(Checks):
    """`file`: the example; `hosts_of(peer)`: what it says -> where the peer is."""
    file = None

    def hosts_of(self, peer):
        raise NotImplementedError

    def of(self, peer):
        return self.example(self.file, self.hosts_of(peer), PASSWORDS)

    def at(self, http_port, peer):
        """The example with another server in front of the peer, or in its place."""
        hosts = {written: here.replace(":%d" % peer.port, ":%d" % http_port)
                 for written, here in self.hosts_of(peer).items()}
        return self.example(self.file, hosts, PASSWORDS)

    def behind_a_dead_backend(self, peer):
        nginx = self.enterContext(Nginx(free_port(), only=["dead"]))
        return self.at(nginx.at("dead"), peer)

    def with_garbage_token(self, example, login):
        """The example with a token that the server never gave, instead of that login."""
        example.exchange("\nlogins:\n", "\nlogins:\n" + GARBAGE)
        example.exchange(", wrong_password", "")  # a fixed token has none
        return example.exchange(login, "login: garbage").with_secret("GARBAGE", "garbage-4711")

    def assert_passes_always(self, example):
        results = example.run_all("--repeat=%d" % RUNS)
        wrong = [result for result in results if result["verdict"] != "pass"]
        self.assertFalse(wrong, "%d of %d\n%s" % (len(wrong), len(results), "\n".join(
            why({result["probe"]: result}, example) for result in wrong[:5])))
        self.assertTrue(results, example.stderr)
        not_performed = [refusal for result in results for refusal in result.get("refusals", [])
                         if refusal["state"] != "refused"]
        self.assertFalse(not_performed)
        return results
