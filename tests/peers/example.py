"""The examples of config/examples, run as they stand: only the hosts in them are exchanged."""
import json
import os
import pathlib
import subprocess
import tempfile

from ground import SOURCE
from world import SONDE

EXAMPLES = SOURCE / "config" / "examples"


class Example:
    """`hosts`: what the file says -> where the server is here. `secrets`: the variables that the
    file's `{ env: NAME }` name."""

    def __init__(self, name, hosts, secrets=None):
        self._folder = tempfile.TemporaryDirectory(prefix="sonde-example-")
        self.file = pathlib.Path(self._folder.name) / name
        self.text = (EXAMPLES / name).read_text()
        for written, here in hosts.items():
            self.exchange(written, here)
        self.environment = {**os.environ, **(secrets or {})}
        self.stderr = ""

    def exchange(self, written, here):
        """Another text in its place, as a user would write it for his own server."""
        assert written in self.text, "%s has no %s" % (self.file.name, written)
        self.text = self.text.replace(written, str(here))
        self.file.write_text(self.text)
        return self

    def with_secret(self, name, value):
        self.environment[name] = value
        return self

    def _run(self, *arguments, patience=120):
        done = subprocess.run(
            [SONDE, "run", "--config.file", self.file, "--output=json", *arguments],
            capture_output=True, text=True, timeout=patience, check=False, env=self.environment)
        self.stderr = done.stderr
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    def run(self, *arguments):
        """(exit code, the last result of each probe)."""
        code, results = self._run(*arguments)
        return code, {result["probe"]: result for result in results}

    def run_all(self, *arguments):
        """Every result; for runs that are repeated."""
        return self._run(*arguments, patience=1200)[1]

    def remove(self):
        self._folder.cleanup()


def told(results):
    """What a table of results is compared with: probe -> verdict, or step and reason of a failure."""
    return {probe: (result["step"], result["reason"]) if result["verdict"] == "fail"
            else result["verdict"] for probe, result in results.items()}


def why(results, example):
    return "\n".join(["%s: %s" % (probe, result["detail"]) for probe, result in results.items()] +
                     [example.stderr])


class Checks:
    """Mixed into a TestCase: examples that pass, and that fail as they should."""

    def example(self, name, hosts, secrets=None):
        made = Example(name, hosts, secrets)
        self.addCleanup(made.remove)
        return made

    def assert_passes(self, example, *arguments):
        code, results = example.run(*arguments)
        self.assertEqual((code, told(results)), (0, {probe: "pass" for probe in results}),
                         why(results, example))
        self.assertTrue(results, example.stderr)
        return results

    def assert_fails(self, example, probe, step, reason):
        code, results = example.run(probe)
        self.assertEqual((code, told(results)), (1, {probe: (step, reason)}),
                         why(results, example))
        return results[probe]
