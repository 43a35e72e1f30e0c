"""Whatever probes show of an account, and wherever, it is refused no more often than lockout allows."""
import pathlib
import signal
import subprocess
import tempfile
import unittest

from strict_accounts import Service, config
from world import SONDE, Process, Serve, until


class Configuration:
    def __init__(self, service):
        self.folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.folder.name)
        self.file = self.root / "sonde.yaml"
        self.text = config(service, self.root)
        self.file.write_text(self.text)

    def remove(self):
        self.folder.cleanup()


class Accounts(unittest.TestCase):
    allowed = 3

    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.stop)
        self.accounts = self.service.accounts
        self.configuration = Configuration(self.service)
        self.addCleanup(self.configuration.remove)

    def serve(self):
        return Serve(self.configuration)

    def run_once(self):
        return Process(SONDE, "run", "--config.file", self.configuration.file)

    @staticmethod
    def await_runs(serve, count):
        """Also runs that were held back."""
        until(lambda: (serve.value("sonde_probe_runs_total") or 0) +
              serve.value("sonde_probe_skipped_total") >= count)

    def assert_none_pressed(self, what):
        too_often = {user: row for user, row in self.accounts.worst.items() if row > self.allowed}
        self.assertEqual(too_often, {}, what)

    def all_pressed(self):
        return len([user for user, row in self.accounts.in_a_row.items() if row >= 2]) == 12

    def test_no_account_is_locked_by_daemons_and_runs_that_come_and_go(self):
        said = subprocess.run([SONDE, "check", "--config.file", self.configuration.file],
                              capture_output=True, text=True, check=False)
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
        for number, how in enumerate((signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGTERM)):
            runs = [self.run_once() for _ in range(2)]
            serve = self.serve()
            self.await_runs(serve, 60)
            self.configuration.file.write_text(self.configuration.text + "# %d\n" % number)
            serve.process.child.send_signal(signal.SIGHUP)
            self.await_runs(serve, 120)
            serve.process.stop(how)
            for one in runs:
                one.stop(how)
            self.assert_none_pressed(str(how))
        self.assertTrue(self.all_pressed(), self.accounts.worst)

    def test_no_account_is_locked_by_a_service_that_changes_its_mind(self):
        serve = self.serve()
        for turn in range(12):
            self.accounts.strict = turn % 2 == 0
            self.await_runs(serve, 80 * (turn + 1))
            self.assert_none_pressed("turn %d" % turn)
        serve.process.stop()
        self.assert_none_pressed("at the end")


if __name__ == "__main__":
    unittest.main()
