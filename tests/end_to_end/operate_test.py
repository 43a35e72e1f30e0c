"""What an administrator meets: commands, backup, log and the status of the service."""
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import tempfile
import unittest

from world import SONDE, Demo, Folder, Process, Serve, until


def sonde(*arguments, environment=None):
    done = subprocess.run([SONDE, *[str(a) for a in arguments]], capture_output=True, text=True,
                          timeout=60, check=False, env={**os.environ, **(environment or {})})
    return done.returncode, done.stdout, done.stderr


class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = Demo()

    @classmethod
    def tearDownClass(cls):
        cls.demo.stop()

    def setUp(self):
        self.demo.heal()
        self.folder = Folder(self.demo.url)
        self.addCleanup(self.folder.remove)

    def test_several_runs_are_a_line_each_and_a_single_one_is_shown_whole(self):
        code, said, errors = sonde("run", "-c", self.folder.file)
        self.assertEqual(code, 0, said + errors)
        self.assertEqual([line.split()[0] for line in said.splitlines()], ["PASS"] * 4 + ["4"])
        code, said, errors = sonde("run", "-c", self.folder.file, "login")
        self.assertEqual(code, 0, said + errors)
        self.assertIn("connect", said)

    def test_a_run_that_failed_is_a_line_too_and_says_how_to_see_more(self):
        self.demo.fault("upgrade_500")
        code, said, _ = sonde("run", "-c", self.folder.file, "upgrade", "login")
        self.assertEqual(code, 1, said)
        lines = said.splitlines()
        self.assertEqual(len(lines), 4, said)
        self.assertRegex(said, r"(?m)^FAIL upgrade demo \(upgrade\) in .*: upgrade/\w+: .*500")
        self.assertIn("--output=short", lines[-1])

    def test_ready_is_what_the_healthcheck_asks_for(self):
        serve = Serve(self.folder)
        self.addCleanup(serve.process.stop)
        code, said, errors = sonde("healthcheck", "--url", serve.url)
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("ready", said)
        serve.process.child.send_signal(signal.SIGSTOP)
        code, _, errors = sonde("healthcheck", "--url", serve.url, "--timeout=1")
        serve.process.child.send_signal(signal.SIGCONT)
        self.assertEqual(code, 1)
        self.assertIn("not ready", errors)
        code, _, errors = sonde("healthcheck", "--url", "http://127.0.0.1:9")
        self.assertEqual(code, 1)
        self.assertIn("refused", errors)

    def test_a_key_is_explained_with_its_default_unit_and_place(self):
        code, said, _ = sonde("explain", "sockets.main.ready.within")
        self.assertEqual(code, 0)
        for part in ("sockets.NAME.ready.within", "duration", "500ms", "5s", "within: 5s"):
            self.assertIn(part, said)
        code, said, _ = sonde("explain", "every")
        self.assertEqual(code, 0)
        for path in ("defaults.every", "probes.NAME.every", "heartbeat.every"):
            self.assertIn(path, said)
        self.assertIn("path, retention", sonde("explain", "storage")[1])

    def test_a_reason_is_explained_and_what_is_unknown_gets_a_suggestion(self):
        code, said, _ = sonde("explain", "auth_fail_open")
        self.assertEqual(code, 0)
        self.assertIn("refuse", said)
        code, _, errors = sonde("explain", "probes.chat.evry")
        self.assertEqual(code, 64)
        self.assertIn("did you mean 'every'?", errors)


class Backup(unittest.TestCase):
    def setUp(self):
        demo = Demo()
        self.addCleanup(demo.stop)
        self.folder = Folder(demo.url)
        self.addCleanup(self.folder.remove)
        self.root = self.folder.file.parent
        with self.folder.file.open("a") as file:
            file.write("storage: { path: %s }\n" % (self.root / "store"))
        self.serve = Serve(self.folder)
        self.addCleanup(lambda: self.serve.process.child.poll() is None and self.serve.process.stop())
        until(lambda: (self.serve.value("sonde_probe_runs_total") or 0) > 8)

    def rows(self, file):
        base = sqlite3.connect("file:%s?mode=ro" % file, uri=True, timeout=10)
        try:
            return base.execute("select count(*) from results").fetchone()[0]
        finally:
            base.close()

    def test_the_store_is_read_by_others_while_the_daemon_writes_it(self):
        first = until(lambda: self.rows(self.root / "store" / "sonde.db"))
        until(lambda: self.rows(self.root / "store" / "sonde.db") > first)
        self.assertEqual(self.serve.value("sonde_store_degraded"), 0)

    def test_a_backup_of_a_running_daemon_is_whole_and_can_be_restored(self):
        copy = self.root / "copy.db"
        until(lambda: self.rows(self.root / "store" / "sonde.db"))
        code, said, errors = sonde("backup", "-c", self.folder.file, copy)
        self.assertEqual(code, 0, errors)
        self.assertIn(str(copy), said)
        self.assertEqual(stat.S_IMODE(copy.stat().st_mode), 0o600)
        rows = self.rows(copy)
        self.assertGreater(rows, 0)
        code, _, errors = sonde("backup", "-c", self.folder.file, copy)
        self.assertEqual(code, 1)
        self.assertIn("it exists already", errors)
        self.assertEqual(self.serve.process.stop(), 0)
        # The restore of the documents: a stopped daemon, an empty folder, the copy in it.
        shutil.rmtree(self.root / "store")
        (self.root / "store").mkdir(mode=0o700)
        copy.rename(self.root / "store" / "sonde.db")
        again = Serve(self.folder)
        self.addCleanup(again.process.stop)
        until(lambda: self.rows(self.root / "store" / "sonde.db") > rows)
        self.assertNotIn("damaged", again.process.said())

    def test_without_a_store_there_is_nothing_to_copy(self):
        self.folder.write(self.folder.file.read_text().split("storage:")[0].replace("{", "{{")
                          .replace("}", "}}"))
        code, _, errors = sonde("backup", "-c", self.folder.file, self.root / "copy.db")
        self.assertEqual(code, 64)
        self.assertIn("no storage.path", errors)


ALERTING = """alerts:
  Down: { of: consecutive_failures, above: 1, severity: critical }
alerting: prometheus
"""


class Log(unittest.TestCase):
    def setUp(self):
        self.demo = Demo()
        self.addCleanup(self.demo.stop)
        self.folder = Folder(self.demo.url)
        self.addCleanup(self.folder.remove)
        with self.folder.file.open("a") as file:
            file.write(ALERTING)

    def lines(self, process):
        return [json.loads(line) for line in process.said().splitlines()]

    def serve(self, *flags):
        process = Process(SONDE, "serve", "-c", self.folder.file, "--web.listen-address",
                          "127.0.0.1:0", "--log.format=json", *flags)
        self.addCleanup(lambda: process.child.poll() is None and process.stop())
        process.await_said(r'"msg":"ready"')
        return process

    def of(self, process, text):
        return [line for line in self.lines(process) if line["msg"] == text]

    def test_at_info_a_change_is_a_line_and_a_run_is_none(self):
        process = self.serve()
        self.demo.fault("upgrade_500")
        process.await_said('"msg":"alert fires"')
        self.demo.heal()
        process.await_said('"msg":"check passes again"[^\\n]*"probe":"upgrade"')
        self.assertEqual(self.of(process, "run"), [])
        fails = [line for line in self.of(process, "check fails") if line["probe"] == "upgrade"]
        self.assertEqual(len(fails), 1, fails)
        self.assertEqual((fails[0]["level"], fails[0]["target"], fails[0]["step"]),
                         ("info", "demo", "upgrade"))
        fires = self.of(process, "alert fires")[0]
        self.assertEqual((fires["level"], fires["alert"], fires["target"], fires["severity"]),
                         ("warning", "Down", "demo", "critical"))
        self.assertIn(fires["probe"], ("upgrade", "chat"))

    def test_at_debug_every_run_is_a_line(self):
        process = self.serve("--log.level=debug")
        until(lambda: len([line for line in self.of(process, "run") if line["probe"] == "login"]) > 2)
        run = self.of(process, "run")[0]
        self.assertEqual((run["level"], run["target"], run["reason"]), ("debug", "demo", "ok"))

    def test_every_line_of_a_start_that_fails_is_json(self):
        (self.folder.file.parent / "bad.yaml").write_text("probs: {}\nprobes: { a: { kind: x } }\n")
        for arguments in (["-c", self.folder.file.parent / "bad.yaml"], ["-c", "/nowhere.yaml"],
                          ["--no-such-flag"], ["--log.level=loud"],
                          ["-c", self.folder.file, "--web.listen-address=256.0.0.1:1"]):
            with self.subTest(arguments=arguments):
                code, said, errors = sonde("serve", "--log.format=json", *arguments)
                self.assertIn(code, (1, 64, 78))
                self.assertEqual(said, "")
                lines = [json.loads(line) for line in errors.splitlines()]
                self.assertIn("error", [line["level"] for line in lines])


class Service(unittest.TestCase):
    def test_the_status_has_counts_and_the_newest_failure(self):
        demo = Demo()
        self.addCleanup(demo.stop)
        folder = Folder(demo.url)
        self.addCleanup(folder.remove)
        with folder.file.open("a") as file:
            file.write(ALERTING)
        with tempfile.TemporaryDirectory() as place:
            heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self.addCleanup(heard.close)
            heard.bind(str(pathlib.Path(place) / "notify"))
            heard.settimeout(60)
            serve = Serve(folder, environment={"NOTIFY_SOCKET": str(pathlib.Path(place) / "notify")})
            self.addCleanup(lambda: serve.process.child.poll() is None and serve.process.stop())

            def message(has):
                return until(lambda: (lambda text: text if has in text else None)(
                    heard.recv(4096).decode()))

            self.assertIn("STATUS=4 probes on", message("READY=1"))
            demo.fault("upgrade_500")
            said = message("alert")
            self.assertRegex(said, r"\d checks? fails?.*(upgrade|chat) at demo: upgrade/\w+ since 20")
            self.assertRegex(said, r"1 alert fires|2 alerts fire")
            demo.heal()
            until(lambda: "fail" not in heard.recv(4096).decode())
            serve.process.child.send_signal(signal.SIGHUP)
            self.assertRegex(message("RELOADING=1"), r"MONOTONIC_USEC=\d+")
            message("READY=1")
            self.assertEqual(serve.process.stop(), 0)
            message("STOPPING=1")


if __name__ == "__main__":
    unittest.main()
