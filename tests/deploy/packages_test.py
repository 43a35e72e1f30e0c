"""The Debian packages: what is in them, and their life on a Debian 12 of its own."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from installation import SOURCE, Installation, debian, may_install, older, pack, packages, run

from world import until


class Packages(unittest.TestCase):
    """The files themselves."""

    def test_lintian_has_nothing_to_say(self):
        done = subprocess.run(["lintian", "--fail-on", "error,warning", "--allow-root",
                               *packages().values()], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_two_builds_give_the_same_bytes_on_whatever_file_system(self):
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            again = {file.name: file.read_bytes() for file in pack(folder)}
        for package in packages().values():
            self.assertEqual(again[package.name], package.read_bytes(), package.name)

    def test_every_file_of_the_unit_folder_and_every_runbook_is_in_it(self):
        listed = run("dpkg-deb", "--contents", packages()["sonde"])
        for file in (SOURCE / "deploy" / "systemd").iterdir():
            self.assertIn(" ./lib/systemd/system/%s\n" % file.name, listed)
        for file in (SOURCE / "deploy" / "runbooks").iterdir():
            self.assertIn("/runbooks/%s\n" % file.name, listed)
        for path in ("man/man1/sonde.1.gz", "man/man5/sonde.yaml.5.gz", "zsh/vendor-completions/_sonde",
                     "bash-completion/completions/sonde", "doc/sonde/changelog.Debian.gz",
                     "sonde/prometheus/sonde.rules.yml", "sonde/grafana/dashboards/overview.json"):
            self.assertIn(" ./usr/share/%s\n" % path, listed)

    def test_manual_pages_are_sound_and_name_every_command_and_key(self):
        with tempfile.TemporaryDirectory() as folder:
            run("dpkg-deb", "--extract", packages()["sonde"], folder)
            man = pathlib.Path(folder) / "usr/share/man"
            for page, words in (("man1/sonde.1.gz", ("sonde backup", "--web.listen-address", "78")),
                                ("man5/sonde.yaml.5.gz", ("probes.NAME.every", "storage.path"))):
                done = subprocess.run(["man", "--warnings=w", "-Tutf8", "-l", man / page],
                                      capture_output=True, text=True, check=False,
                                      env={"LC_ALL": "C.UTF-8", "MANWIDTH": "200", "PATH": "/usr/bin:/bin"})
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                text = re.sub(r".\x08|\x1b\[[\d;]*m", "", done.stdout)
                for word in words:
                    self.assertIn(word, text)

    def test_bash_completes_commands_options_values_and_files(self):
        with tempfile.TemporaryDirectory() as folder:
            run("dpkg-deb", "--extract", packages()["sonde"], folder)
            script = pathlib.Path(folder) / "usr/share/bash-completion/completions/sonde"

            def completed(*words):
                listed = " ".join("'%s'" % word for word in words)
                return run("bash", "-c", "cd '%s/etc'; . '%s'; COMP_WORDS=(%s); COMP_CWORD=%d; _sonde; "
                           "echo ${COMPREPLY[@]}" % (folder, script, listed, len(words) - 1)).split()

            self.assertEqual(completed("sonde", "che"), ["check"])
            self.assertEqual(completed("sonde", "run", "--output", "j"), ["json", "junit"])
            self.assertEqual(completed("sonde", "run", "--output", "=", "te"), ["text"])
            self.assertIn("--no-secrets", completed("sonde", "check", "--"))
            self.assertEqual(completed("sonde", "check", "son"), ["sonde"])
            self.assertEqual(completed("sonde", "completion", ""), ["bash", "zsh"])

    def test_zsh_takes_its_completions(self):
        with tempfile.TemporaryDirectory() as folder:
            run("dpkg-deb", "--extract", packages()["sonde"], folder)
            run("zsh", "-f", "-c", "fpath=(%s/usr/share/zsh/vendor-completions $fpath); "
                "autoload -U compinit; compinit -D; [[ $_comps[sonde] == _sonde ]]; "
                "autoload +X _sonde" % folder)


class Installed(unittest.TestCase):
    """On a machine that has the files of the packages, and has not installed them."""
    boots = True

    def setUp(self):
        if may_install():
            self.skipTest(may_install())
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.made = packages()
        self.machine = Installation(debian(self.made), folder.name, self.boots)
        self.addCleanup(self.machine.close)
        for package in self.made.values():
            self.machine.bring(package)

    def watched(self, good, path="/metrics"):
        def page():
            code, said = self.machine.attempt("curl -fsS http://127.0.0.1:9811" + path)
            return said if code == 0 and good(said) else None
        return until(page, every=0.2)


class LifeCycle(Installed):
    """Installed from the oldest to the last file."""

    def test_is_installed_upgraded_removed_and_purged(self):
        machine = self.machine
        before = machine.files()
        machine.bring(older(self.made["sonde"], self.folder))
        machine.sh("apt-get install -y --no-install-recommends ./sonde_0.0.9-*.deb")
        self.assertIn("ready", machine.sh("sonde healthcheck"), "the service starts at once")
        self.assertIn("enabled", machine.sh("systemctl is-enabled sonde"))
        code, _ = machine.attempt("systemctl is-enabled sonde.socket")
        self.assertNotEqual(code, 0, "a socket is enabled by hand")
        machine.sh("sed -i 's/^storage:/location: cellar\\nstorage:/' /etc/sonde/sonde.yaml")
        first = machine.sh("systemctl show --property=MainPID sonde")

        machine.sh("rm sonde_0.0.9-*.deb; apt-get install -y --no-install-recommends "
                   "-o Dpkg::Options::=--force-confold ./sonde_*.deb")
        self.assertNotEqual(machine.sh("systemctl show --property=MainPID sonde"), first, "it is restarted")
        self.assertIn("location: cellar", machine.sh("cat /etc/sonde/sonde.yaml"))
        self.assertIn("storage:", machine.sh("cat /etc/sonde/sonde.yaml.dpkg-dist"))
        self.assertNotIn("earlier", machine.sh("cat /etc/default/sonde"), "nobody had edited it")
        machine.sh("sonde check")
        self.assertIn("sonde 0.", machine.sh("sonde version"))

        # The demo is watched as soon as it is there, and no longer than that.
        machine.sh("apt-get install -y ./sonde-demo_*.deb")
        self.assertIn('probe="demo_chat"', self.watched(lambda page: 'probe="demo_chat"' in page))
        machine.sh("apt-get purge -y sonde-demo")
        self.assertNotIn("demo_chat", self.watched(lambda page: "demo_chat" not in page))

        machine.sh("apt-get remove -y sonde")
        self.assertNotEqual(machine.attempt("systemctl is-active sonde")[0], 0)
        self.assertNotEqual(machine.attempt("ls /usr/bin/sonde")[0], 0)
        machine.sh("ls /etc/sonde/sonde.yaml /etc/default/sonde /var/lib/sonde/sonde.db")
        machine.sh("apt-get purge -y sonde")
        self.assertEqual(machine.files() - before, set())

    def test_a_service_that_is_disabled_stays_so(self):
        machine = self.machine
        machine.bring(older(self.made["sonde"], self.folder))
        machine.sh("apt-get install -y --no-install-recommends ./sonde_0.0.9-*.deb; systemctl stop sonde;"
                   "systemctl disable sonde; rm sonde_0.0.9-*.deb;"
                   "apt-get install -y --no-install-recommends ./sonde_*.deb")
        self.assertNotEqual(machine.attempt("systemctl is-enabled sonde")[0], 0)
        self.assertNotEqual(machine.attempt("sonde healthcheck")[0], 0)

    def test_every_step_of_the_documents_works(self):
        """The commands of deploy/README.md and of the restore, in their order."""
        machine = self.machine
        documents = {"deploy/README.md": ["Install the packages", "Watch a service of your own"],
                     "daemon/README.md": ["Backup and restore"]}
        machine.sh("echo 'Acquire::http::Proxy \"http://127.0.0.1:9\";' >/etc/apt/apt.conf.d/offline; "
                   "echo 'APT::Get::Assume-Yes \"true\"; APT::Install-Recommends \"false\";' "
                   ">/etc/apt/apt.conf.d/yes; mkdir -p /backup")
        said = {}
        for document, titles in documents.items():
            for title in titles:
                if title == "Watch a service of your own":
                    self.write_a_file_of_our_own()
                for step in steps(document, title):
                    said[step] = machine.sh(step.replace("2026-01-02", "$(date +%F)"))
        for step in steps("deploy/README.md", "Upgrade, and remove"):
            said[step] = machine.sh(step)
        self.assertIn("demo_chat", said["sonde run"])
        self.assertIn("sonde_probe_runs_total", said["curl -fsS http://127.0.0.1:9811/metrics"])
        broken = said['sonde run demo_upgrade || echo "exit code $?"']
        self.assertIn("FAIL", broken)
        self.assertIn("exit code 1", broken)
        self.assertIn("PASS", said["sonde run demo_upgrade"])
        self.assertIn("good, 2 probes", said["sudo sonde check"])

    def test_an_outage_is_mailed_and_so_is_its_end(self):
        """From the packages to a mail: install, write a file, break the demo, read, purge."""
        machine = self.machine
        mails = self.folder / "mails"
        with mails.open("w") as output:
            server = subprocess.Popen(["nsenter", "--target", machine.inner, "--net", "/usr/bin/python3",
                                       "-u", "-m", "aiosmtpd", "-n", "-l", "127.0.0.1:2525"],
                                      stdout=output, stderr=subprocess.STDOUT)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        machine.sh("apt-get install -y --no-install-recommends ./sonde_*.deb ./sonde-demo_*.deb")
        machine.sh("cat >/etc/sonde/sonde.yaml", """storage: { path: /var/lib/sonde }
defaults: { every: 200ms }
targets: { shop: { http: "http://127.0.0.1:8080" } }
probes: { health: { kind: health, target: shop, url: "{{target.http}}/api/health" } }
alerts: { Down: { of: consecutive_failures, above: 1, severity: critical, keep_firing_for: 0s } }
receivers:
  mail: { email: { server: "127.0.0.1:2525", security: none, from: sonde@example.com, to: ops@example.com },
          group_wait: 0s, group_interval: 1s }
""")
        machine.sh("sonde check && systemctl restart sonde")
        machine.sh("curl -fsS -X PUT http://127.0.0.1:8080/faults/health_500")
        until(lambda: "X-Sonde-Status: firing" in mails.read_text())
        machine.sh("curl -fsS -X DELETE http://127.0.0.1:8080/faults")
        until(lambda: "X-Sonde-Status: resolved" in mails.read_text())
        self.assertRegex(mails.read_text(), r"Subject: FIRING shop \(1 alert\): health failed \d+ times")
        machine.sh("apt-get purge -y sonde sonde-demo")

    def write_a_file_of_our_own(self):
        """One that names the credential of the steps; the demo is the service."""
        self.machine.sh("cat >/etc/sonde/sonde.yaml", """storage: { path: /var/lib/sonde }
defaults: { login: account, as: alice }
targets: { shop: { http: "http://127.0.0.1:8080" } }
identities: { alice: { username: alice@example.com, password: { credential: alice } } }
logins:
  account: { method: json, url: "{{target.http}}/auth/login", token: /access_token,
             body: { email: "{{identity.username}}", password: "{{identity.password}}" } }
probes:
  login: { kind: login, target: shop }
  health: { kind: health, target: shop, url: "{{target.http}}/api/health" }
""")


class Service(Installed):
    """What systemd does with the unit: the sandbox, credentials, reload, the watchdog, the socket."""

    def setUp(self):
        super().setUp()
        self.machine.sh("apt-get install -y --no-install-recommends ./sonde_*.deb ./sonde-demo_*.deb")

    def shown(self, name):
        return self.machine.sh("systemctl show --value --property=%s sonde" % name).strip()

    def test_runs_as_nobody_in_its_sandbox_and_says_how_it_is(self):
        machine = self.machine
        until(lambda: re.fullmatch(r"\d+ probes on \d+ workers?", self.shown("StatusText")))
        state = machine.sh("cat /proc/%s/status" % self.shown("MainPID"))
        self.assertNotRegex(state, r"(?m)^Uid:\s+0\b")
        self.assertRegex(state, r"(?m)^CapEff:\s+0+$")
        self.assertRegex(state, r"(?m)^Seccomp:\s+2$")
        self.assertRegex(machine.sh("systemd-analyze security sonde"), r"exposure level for sonde.service: [01]\.[0-1]")
        machine.sh("curl -fsS -X PUT http://127.0.0.1:8080/faults/health_500")
        until(lambda: "1 failing" in self.shown("StatusText") or "fail" in self.shown("StatusText"), every=0.2)
        entries = until(lambda: [entry for entry in map(json.loads, machine.sh(
            "journalctl --unit=sonde --output=json PROBE=demo_health || true").splitlines())
            if entry.get("REASON")])
        self.assertEqual((entries[-1]["TARGET"], entries[-1]["STEP"]), ("demo", "health"))

    def test_a_reload_keeps_the_process_and_a_mistake_keeps_the_configuration(self):
        machine, process = self.machine, self.shown("MainPID")
        machine.sh("echo 'location: cellar' >>/etc/sonde/sonde.yaml; systemctl reload sonde")
        self.watched(lambda page: "location: cellar" in page, "/api/v1/status/config")
        machine.sh("echo 'locatoin: attic' >>/etc/sonde/sonde.yaml; systemctl reload sonde")
        until(lambda: "reload refused" in machine.sh("journalctl --unit=sonde --output=cat"))
        self.watched(lambda page: "location: cellar" in page, "/api/v1/status/config")
        self.assertEqual(self.shown("MainPID"), process)
        self.assertEqual(self.shown("ActiveState"), "active")
        machine.attempt("systemctl restart sonde")
        until(lambda: self.shown("ActiveState") == "failed")
        self.assertEqual((self.shown("ExecMainStatus"), self.shown("NRestarts")), ("78", "0"),
                         "what is wrong stays wrong")

    def test_a_daemon_that_hangs_is_restarted(self):
        machine = self.machine
        machine.sh("mkdir -p /etc/systemd/system/sonde.service.d; printf '[Service]\\nWatchdogSec=3\\n' "
                   ">/etc/systemd/system/sonde.service.d/soon.conf; systemctl daemon-reload; "
                   "systemctl restart sonde")
        process = self.shown("MainPID")
        machine.sh("kill -STOP " + process)
        until(lambda: self.shown("NRestarts") == "1" and self.shown("ActiveState") == "active", every=0.2)
        self.assertNotEqual(self.shown("MainPID"), process)

    def test_with_the_socket_a_restart_loses_no_request(self):
        machine = self.machine
        for step in steps("deploy/README.md", "A port that outlives restarts"):
            machine.sh(step)
        asking = subprocess.Popen(machine.command(
            "for try in $(seq 1000); do [ ! -e /run/enough ] || exit 0; "
            "curl -fsS -o /dev/null http://127.0.0.1:9811/-/healthy; done"),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(asking.stdout.close)
        for _ in range(3):
            machine.sh("systemctl restart sonde")
        machine.sh("touch /run/enough")
        self.assertEqual((asking.wait(), asking.stdout.read()), (0, ""))


class Image(Installed):
    boots = False

    def test_the_image_runs_without_rights_on_a_root_that_cannot_be_written(self):
        """What deploy/Dockerfile does after its build, and how Docker runs it."""
        text = (SOURCE / "deploy" / "Dockerfile").read_text().replace("\\\n", " ")
        final = text[text.rindex("\nFROM "):]
        machine = self.machine
        machine.sh("rm sonde-demo_*; mkdir -p /tmp/image; mv sonde_*.deb /tmp/")
        install = re.search(r"RUN apt-get update\s+&& (.*)", final).group(1)
        machine.sh(install)
        user = re.search(r"USER (\d+):(\d+)", final).groups()
        words = re.findall(r'"([^"]+)"', re.search(r"\nENTRYPOINT (.*)", final).group(1) +
                           re.search(r"\nCMD (.*)", final).group(1))
        health = " ".join(re.findall(r'"([^"]+)"', re.search(r"HEALTHCHECK .*CMD (.*)", final).group(1)))
        machine.sh("mkdir /tmp/root; mount --bind / /tmp/root; mount --bind /var/lib/sonde "
                   "/tmp/root/var/lib/sonde; mount --bind /dev /tmp/root/dev; mount -o remount,bind,ro /tmp/root")
        inside = "chroot --userspec=%s:%s /tmp/root env HOME=/ " % user
        self.assertNotEqual(machine.attempt(inside + health)[0], 0)
        self.assertNotEqual(machine.attempt(inside + "touch /etc/sonde/x")[0], 0)
        daemon = subprocess.Popen(machine.command("echo $$ >/run/daemon; exec " + inside +
                                                  " ".join(words)),
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(daemon.stdout.close)
        until(lambda: machine.attempt(inside + health)[0] == 0)
        machine.sh("curl -fsS http://127.0.0.1:9811/metrics | grep -q '^sonde_store_degraded 0$'")
        machine.sh("ls /var/lib/sonde/sonde.db")
        machine.sh("kill $(cat /run/daemon)")
        self.assertEqual(daemon.wait(60), 0)


def steps(document, title):
    """The commands in a section of a document, of its blocks without a language."""
    text = (SOURCE / document).read_text()
    section = re.split(r"(?m)^#+ ", text.split("# %s\n" % title)[1])[0]
    found = []
    for block in re.findall(r"(?ms)^```\n(.*?)^```$", section):
        found += [line for line in block.replace("\\\n", "").splitlines() if line]
    assert found, (document, title)
    return found


if __name__ == "__main__":
    unittest.main()
