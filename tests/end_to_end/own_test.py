"""What is wrong on the prober's own machine is never a failure of the target."""
import signal
import subprocess
import tempfile
import time
import unittest

from world import Demo, Folder, Serve, run_sonde, until

# In a network of its own, which has neither links nor routes.
ALONE = ["unshare", "--user", "--map-root-user", "--net"]
# There, with loopback alone, and with the file that follows in place of /etc/hosts.
KNOWING = [*ALONE, "--mount", "sh", "-c",
           'ip link set lo up && mount --bind "$0" /etc/hosts && exec "$@"']


def may_be_alone():
    """Some containers forbid namespaces to those within."""
    return subprocess.run([*KNOWING, "/etc/hosts", "true"], capture_output=True,
                          check=False).returncode == 0


class OwnFaults(unittest.TestCase):
    def folder(self, *arguments, **values):
        folder = Folder(*arguments, **values)
        self.addCleanup(folder.remove)
        return folder

    def demo(self, *flags):
        demo = Demo(*flags)
        self.addCleanup(demo.stop)
        return demo

    def reasons(self, exit_code, url, through):
        code, results, said = run_sonde(self.folder(url), through=through)
        self.assertEqual(code, exit_code, (results, said))
        return {one["reason"] for one in results.values()}

    @unittest.skipUnless(may_be_alone(), "user namespaces are forbidden here")
    def test_a_machine_without_a_network_is_inconclusive(self):
        self.assertEqual(self.reasons(2, self.demo().url, ALONE), {"own_network"})

    @unittest.skipUnless(may_be_alone(), "user namespaces are forbidden here")
    def test_an_address_without_a_route_does_not_excuse_the_one_that_is_refused(self):
        with tempfile.NamedTemporaryFile("w") as hosts:
            hosts.write("2001:db8::1 both.test\n127.0.0.1 both.test\n")
            hosts.flush()
            self.assertEqual(self.reasons(1, "http://both.test:9", [*KNOWING, hosts.name]),
                             {"tcp_refused"})

    def test_a_daemon_that_was_frozen_blames_itself_for_what_timed_out(self):
        serve = Serve(self.folder(self.demo("--think", "50ms").url, every="100ms",
                                  timeout="5s", gap_max="10s"))
        self.addCleanup(serve.process.stop)

        def freeze():
            thaw = time.monotonic() + 5.5
            serve.process.child.send_signal(signal.SIGSTOP)
            until(lambda: time.monotonic() > thaw)
            serve.process.child.send_signal(signal.SIGCONT)
            # A run that is frozen twice is no run of this test.
            ended = serve.value("sonde_probe_runs_total") + 8
            until(lambda: serve.value("sonde_probe_runs_total") >= ended)
            return serve.value("sonde_probe_inconclusive_total", reason="own_lag")
        until(lambda: serve.value("sonde_probe_runs_total", probe="chat"))
        until(freeze)
        self.assertEqual(serve.value("sonde_probe_failed_runs_total"), 0)


if __name__ == "__main__":
    unittest.main()
