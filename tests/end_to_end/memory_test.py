"""What a daemon remembers that is killed at any moment."""
import random
import signal
import time
import unittest

from world import CONFIG, Demo, Folder, Serve

STORE = "storage: {{ path: {store} }}\nmetrics: {{ windows: [1h] }}\n"
RATE = 5.0  # runs of a probe a second, by its `every`


class Killed(unittest.TestCase):
    def setUp(self):
        self.demo = Demo()
        self.addCleanup(self.demo.stop)
        self.demo.fault("login_500", share="2/5")
        self.folder = Folder(self.demo.url, CONFIG + STORE, store="unset")
        self.addCleanup(self.folder.remove)
        self.folder.values["store"] = self.folder.file.parent / "store"
        self.folder.write(CONFIG + STORE)

    def attempts(self, serve):
        return serve.value("sonde_auth_window_attempts", probe="login", window="1h") or 0

    def test_twenty_kills_lose_no_window_and_at_most_a_second_each(self):
        chance = random.Random(20)
        before = 0
        for _ in range(20):
            serve = Serve(self.folder)
            self.addCleanup(lambda one=serve: one.process.child.poll() is None and one.process.stop())
            after = self.attempts(serve)
            self.assertGreaterEqual(after, before - 1.0 * RATE - 1, serve.process.said())
            time.sleep(chance.uniform(0, 1.5))  # the moment of the kill, not a wait for anything
            before = self.attempts(serve)
            self.assertEqual(serve.value("sonde_store_corruptions_total"), 0)
            serve.process.stop(signal.SIGKILL)
        self.assertGreater(before, 20)


if __name__ == "__main__":
    unittest.main()
