"""What `sonde rules` writes, judged by Prometheus' own tools."""
import pathlib
import re
import subprocess
import tempfile
import unittest

import yaml

from shop import tool
from world import SONDE, SOURCE

PROMETHEUS = SOURCE / "deploy" / "prometheus"
EXAMPLE = SOURCE / "config" / "examples" / "alerts.yaml"
BASE = "https://runbooks.example.com/sonde"


def rules_of(text, *flags):
    """What `sonde rules` makes of a file whose secrets are replaced by one that exists."""
    with tempfile.TemporaryDirectory() as folder:
        secret = pathlib.Path(folder) / "secret"
        secret.write_text("x\n")
        file = pathlib.Path(folder) / "sonde.yaml"
        file.write_text(re.sub(r"\{ credential: [\w-]+ \}", "{ file: %s }" % secret, text))
        done = subprocess.run([SONDE, "rules", "--config.file", file, *flags],
                              capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


class Rules(unittest.TestCase):
    def test_the_shipped_ones_are_made_of_the_shipped_example(self):
        self.assertEqual((PROMETHEUS / "sonde.rules.yml").read_text(),
                         rules_of(EXAMPLE.read_text(), "--runbooks", BASE))

    def test_a_file_that_is_wrong_makes_none(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "sonde.yaml"
            file.write_text("alerts: { A: { of: auth_sucess, below: 90% } }\n")
            done = subprocess.run([SONDE, "rules", "--config.file", file], capture_output=True,
                                  text=True, timeout=60, check=False)
            self.assertEqual((done.returncode, done.stdout), (78, ""))
            self.assertIn("did you mean 'auth_success'", done.stderr)

    def test_any_entry_makes_rules_without_a_lint(self):
        alerts = """
  Worst: { of: probe_success, below: 99.95%, over: [20s, 1h30m], by: target, no_data_after: 1h,
           labels: { team: "it's {{ us }}", note: "a: #b\\n\\u0085" }, annotations: { x: '{{ $labels }}' } }
  Burn: { of: burn_rate, rate: event_delivery, objective: 99.9%, burn: ticket }
  Runs: { of: burn_rate, rate: probe_success, objective: 99%, by: target }
  Ready: { of: latency, measure: ready, above: 750ms, over: 5m, quantile: 0.999 }
  Row: { of: consecutive_failures, above: 0, by: target, for: 1ms, keep_firing_for: 0s }
  Refused: { of: reason, reasons: [no_refusal, auth_fail_open], above: 3, over: 45m, by: target }
  Lost: { of: event_delivery, below: 100%, over: 30d, min_samples: 1000, where: { probe: [chat], kind: chat } }
"""
        text = EXAMPLE.read_text().split("\nalerts:")[0] + "\nalerts:" + alerts
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "rules.yml"
            file.write_text(rules_of(text, "--prometheus.job", 'odd"job'))
            code, said = tool("promtool", "check", "rules", "--lint=all", "--lint-fatal", file)
            self.assertEqual(code, 0, said)
            labels = next(rule["labels"] for group in yaml.safe_load(file.read_text())["groups"]
                          for rule in group["rules"] if rule.get("alert") == "Worst")
            self.assertEqual(labels["note"], "a: #b\n\u0085")


if __name__ == "__main__":
    unittest.main()
