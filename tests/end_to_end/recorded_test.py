"""Recorded runs: what the daemon keeps of them, and how the API and the commands show it."""
import json
import os
import pathlib
import signal
import subprocess
import unittest

from world import CONFIG, SONDE, Demo, Folder, Serve, request, until

STORED = CONFIG + "storage: {{ path: {store} }}\n"


def sonde(*arguments, stdin=None):
    done = subprocess.run([SONDE, *[str(a) for a in arguments]], capture_output=True, text=True,
                          timeout=60, check=False, input=stdin)
    return done.returncode, done.stdout, done.stderr


class Recorded(unittest.TestCase):
    def setUp(self):
        self.demo = Demo()
        self.addCleanup(self.demo.stop)
        self.folder = Folder(self.demo.url, STORED, store="unset")
        self.addCleanup(self.folder.remove)
        self.folder.values["store"] = self.folder.file.parent / "store"
        self.folder.write(STORED)
        self.serve = None
        self.addCleanup(self.stop)

    def start(self):
        self.serve = Serve(self.folder)

    def stop(self):
        if self.serve is not None and self.serve.process.child.poll() is None:
            self.serve.process.stop()

    def api(self, path):
        status, headers, body = request(self.serve.url, path)
        self.assertEqual(status, 200, body)
        return json.loads(body)["data"]

    def runs(self, query=""):
        return self.api("/api/v1/runs?limit=500" + query)["runs"]

    def fail_the_upgrade(self):
        """The runs of the upgrade probe before and after the change, newest first."""
        until(lambda: len([r for r in self.runs("&probe=upgrade") if r["verdict"] == "pass"]) > 5)
        self.demo.fault("upgrade_500")
        until(lambda: len(self.runs("&probe=upgrade&verdict=fail")) > 1)
        self.demo.heal()
        until(lambda: self.runs("&probe=upgrade")[0]["verdict"] == "pass")
        return self.runs("&probe=upgrade")

    def test_the_runs_beside_each_change_are_kept_and_outlive_a_restart(self):
        self.start()
        self.fail_the_upgrade()
        until(lambda: self.serve.process.child.poll() is None and self.recorded_beside_changes())
        before = {run["id"]: self.api("/api/v1/runs/" + run["id"]) for run in self.runs("&recorded=true")}
        self.serve.process.stop(signal.SIGKILL)
        self.start()
        after = {run["id"]: self.api("/api/v1/runs/" + run["id"]) for run in self.runs("&recorded=true")}
        self.assertGreaterEqual(set(after), set(before))
        for name, run in before.items():
            self.assertEqual(after[name]["transcript"], run["transcript"])

    def recorded_beside_changes(self):
        # On a busy machine some runs are inconclusive, and say nothing.
        runs = [run for run in self.runs("&probe=upgrade") if run["verdict"] in ("pass", "fail")]
        failed = [at for at, run in enumerate(runs) if run["verdict"] == "fail"]
        beside = runs[failed[0] - 1:failed[0]] + runs[failed[-1] + 1:failed[-1] + 2]
        return len(beside) == 2 and all(run["verdict"] == "pass" and run["recorded"] for run in beside)

    def test_a_failure_leads_to_the_run_before_it_that_passed(self):
        self.start()
        self.fail_the_upgrade()
        until(self.recorded_beside_changes)
        first = self.runs("&probe=upgrade&verdict=fail")[-1]
        shown = self.api("/api/v1/runs/" + first["id"])
        self.assertEqual(shown["transcript"]["id"], first["id"])
        self.assertEqual(shown["transcript"]["verdict"], "fail")
        passed = self.api("/api/v1/runs/" + shown["passed"])
        self.assertEqual(passed["transcript"]["verdict"], "pass")
        self.assertLess(passed["run"]["ended"], shown["run"]["ended"])

    def test_every_request_of_a_run_carries_its_id_and_the_log_and_the_api_name_it(self):
        self.start()
        self.fail_the_upgrade()
        failed = self.runs("&probe=upgrade&verdict=fail&recorded=true")[-1]
        transcript = self.api("/api/v1/runs/" + failed["id"])["transcript"]
        self.assertTrue(transcript["exchanges"])
        parents = set()
        for exchange in transcript["exchanges"]:
            sent = {header["name"]: header["value"] for header in exchange["sent"]}
            self.assertEqual(sent["X-Sonde-Run"], failed["id"])
            self.assertRegex(sent["traceparent"], "^00-%s-[0-9a-f]{16}-01$" % failed["id"])
            parents.add(sent["traceparent"])
        self.assertEqual(len(parents), len(transcript["exchanges"]))
        self.serve.process.await_said("check fails.*run=[0-9a-f]{32}")

    def test_the_store_can_be_filtered_and_paged(self):
        self.start()
        self.fail_the_upgrade()
        until(lambda: len(self.runs()) > 30)
        self.assertEqual({run["probe"] for run in self.runs("&probe=chat")}, {"chat"})
        self.assertEqual({run["verdict"] for run in self.runs("&verdict=fail")}, {"fail"})
        failed = self.runs("&step=upgrade&reason=server_error")
        self.assertTrue(failed)
        page, seen = self.api("/api/v1/probes/upgrade/runs?limit=3"), []
        while page["runs"] and len(seen) < 12:
            seen += [run["id"] for run in page["runs"]]
            page = self.api("/api/v1/probes/upgrade/runs?limit=3&after=" + page.get("next", "1"))
        self.assertEqual(len(seen), len(set(seen)))
        self.assertIn(failed[-1]["id"], [run["id"] for run in self.runs()])

    def test_the_commands_show_what_the_api_has_with_and_without_the_daemon(self):
        self.start()
        self.fail_the_upgrade()
        until(self.recorded_beside_changes)
        failed = self.runs("&probe=upgrade&verdict=fail&recorded=true")[-1]["id"]
        asked = ("--url", self.serve.url, "-c", self.folder.file)
        code, table, errors = sonde("runs", "upgrade", "--verdict=fail", *asked)
        self.assertEqual((code, errors), (0, ""))
        self.assertIn(failed + "*", table)
        self.assertIn("upgrade/server_error", table)
        code, shown, errors = sonde("show", failed, *asked)
        self.assertEqual((code, errors), (0, ""))
        for part in ("FAIL upgrade demo (upgrade)", "run " + failed, "connect", "HTTP 500", "> X-Sonde-Run: "):
            self.assertIn(part, shown)
        code, transcript, _ = sonde("show", failed, "--output=json", *asked)
        self.assertEqual(json.loads(transcript)["id"], failed)
        self.stop()
        for offline, online in ((sonde("show", failed, *asked), shown),
                                (sonde("show", failed, "--output=json", *asked), transcript),
                                (sonde("runs", "upgrade", "--verdict=fail", "--limit=500", *asked)[:1], None)):
            self.assertEqual(offline[0], 0, offline)
            if online:
                self.assertEqual(offline[1], online)
        before = [line for line in shown.splitlines() if line.startswith("  before it, run ")]
        self.assertEqual(len(before), 1, shown)
        shown = shown.replace(before[0] + "\n", "")  # a file does not know it
        self.assertEqual(sonde("show", "-", stdin=transcript)[1], shown)
        file = self.folder.file.parent / "run.json"
        file.write_text(transcript)
        self.assertEqual(sonde("show", file)[1], shown)
        har = json.loads(sonde("show", file, "--output=har")[1])
        self.assertEqual(har["log"]["version"], "1.2")
        self.assertIn(500, [entry["response"]["status"] for entry in har["log"]["entries"]])

    def test_status_is_worst_first_and_its_exit_code_says_it(self):
        self.start()
        until(lambda: sonde("status", "--url", self.serve.url)[0] == 0)
        self.demo.fault("upgrade_500")
        # Of the upgrade and of the chat: nothing changes between the two forms that are compared.
        until(lambda: sonde("status", "--url", self.serve.url)[1].count("FAIL ") == 2)
        code, said, errors = sonde("status", "--url", self.serve.url)
        self.assertEqual(errors, "")
        lines = said.splitlines()
        self.assertEqual(len(lines), 4, said)
        self.assertRegex(lines[0], r"^FAIL .*since 20.*: upgrade/server_error.*: .*\(run [0-9a-f]{32}\)")
        self.assertTrue(lines[-1].startswith("PASS"), said)
        code, said, errors = sonde("status", "--url", self.serve.url, "--output=json")
        self.assertEqual((code, errors), (1, ""))
        answer = json.loads(said)
        names = [line.split()[1] for line in lines]
        self.assertEqual([probe["probe"] for probe in answer["probes"]], names)
        served = json.loads(request(self.serve.url, "/api/v1/probes")[2])["data"]
        self.assertEqual(set(answer), set(served) | {"alerts"})

    def test_an_error_says_what_to_do(self):
        self.start()
        for arguments, code, words in (
                (("runs", "upgrad"), 1, "did you mean 'upgrade'"),
                (("runs", "--since=tomorrow"), 1, "is no time"),
                (("show", "0" * 32), 1, "no run with this id"),
                (("show", "/no/such/file"), 1, "neither the id of a run"),
                (("runs", "--verdict=great"), 64, "great")):
            url = ("--url", self.serve.url)
            got, said, errors = sonde(*arguments, *url)
            self.assertEqual(got, code, (arguments, said, errors))
            self.assertIn(words, errors)
        got, _, errors = sonde("runs", "--url", "http://127.0.0.1:9", "-c", "/no/such.yaml")
        self.assertEqual(got, 1)
        self.assertIn("no daemon answers", errors)
        self.assertIn("/no/such.yaml", errors)
        got, _, errors = sonde("show", "-", stdin="{}")
        self.assertEqual(got, 1)
        self.assertIn("transcript", errors)

    def test_a_file_cannot_control_the_terminal(self):
        evil = {"probe": "\x1b[31mp\n", "kind": "\x1b]0;k\x07", "target": "\u202et", "verdict": "fail",
                "step": "login", "reason": "bad_status", "detail": "\x1b[2J", "seconds": 1,
                "refusals": [{"check": "\x1b[1m", "state": "not_performed", "why": "\x1b[2m"}],
                "experiments": [{"name": "n", "question": "\x1b[3m", "answer": "\x1b[4m"}],
                "separated": "\x1b[5m", "peer": "\x1b[6m", "phases": [], "events": [
                    {"name": "\x1b[7m", "state": "late", "seconds": 0.1}],
                "exchanges": [{"method": "\x1b[8m", "url": "\x1b[9m", "sent": [{"name": "\x1b[a", "value": "\r"}],
                               "body": "\x1b[b", "peer": "\x1b[c"}],
                "frames": [{"direction": "in", "kind": "\x1b[d", "text": "\x1b[e", "remark": "\x1b[f",
                            "session": "\x1b[g"}],
                "tls": [{"version": "\x1b[h", "host_port": "\x1b[i", "subject": "\x1b[j"}],
                "ending": {"by": "rst", "reason": "\x1b[k"}}
        code, said, errors = sonde("show", "-", stdin=json.dumps(evil))
        self.assertEqual((code, errors), (0, ""))
        for char in ("\x1b", "\r", "\x07", "\u202e"):
            self.assertNotIn(char, said)


if __name__ == "__main__":
    unittest.main()
