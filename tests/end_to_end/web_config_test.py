"""What commands say of the daemon's port: `sonde healthcheck`, and `sonde check` of a web configuration."""
import http.server
import subprocess
import threading
import unittest

from access_test import USERS, Guarded
from world import SONDE


class Healthcheck(Guarded):
    def ask(self, *flags):
        done = subprocess.run([SONDE, "healthcheck", "--url", self.url, *flags], capture_output=True,
                              text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_a_daemon_that_wants_a_password_is_alive(self):
        self.serve(USERS)
        code, said = self.ask()
        self.assertEqual(code, 0, said)
        self.assertIn("alive; it wants a password", said)
        self.write(USERS + "auth_excluded_paths: [/-/ready]\n")
        code, said = self.ask()
        self.assertEqual(code, 0, said)
        self.assertIn(": ready: HTTP 200", said)

    def test_another_server_that_wants_a_password_is_not_the_daemon(self):
        other = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(other.server_close)
        self.addCleanup(other.shutdown)
        self.url = "http://127.0.0.1:%d" % other.server_address[1]
        self.assertEqual(self.ask()[0], 1)

    def test_a_daemon_that_wants_a_client_certificate_is_alive_and_answers_who_shows_one(self):
        self.certificates.issue("prometheus", "DNS:prometheus.example")
        self.serve(self.verified() + "auth_excluded_paths: [/metrics]\n")
        ours = ("--ca-file", self.certificates.ca)
        code, said = self.ask(*ours)
        self.assertEqual(code, 0, said)
        self.assertIn("alive; it wants a client certificate", said)
        shown = (*ours, "--cert-file", self.certificates.root / "prometheus.pem",
                 "--key-file", self.certificates.root / "prometheus.key")
        code, said = self.ask(*shown)
        self.assertEqual(code, 0, said)
        self.assertIn(": ready: HTTP 200", said)
        for arguments, code in ((ours, 1), (shown, 2)):
            done = subprocess.run([SONDE, "status", "--url", self.url, *arguments], capture_output=True, text=True,
                                  timeout=60, check=False)
            self.assertIn(done.returncode, (0, 2) if code == 2 else (code,), done.stderr)
            self.assertEqual("--cert-file and --key-file" in done.stderr, arguments is ours, done.stderr)

    def test_the_certificate_is_verified_by_the_authority_and_the_name_that_are_given(self):
        self.serve(self.tls())
        code, said = self.ask()
        self.assertEqual(code, 1)
        self.assertIn("--ca-file names the authority", said)
        self.assertEqual(self.ask("--ca-file", self.certificates.ca)[0], 0)
        self.assertEqual(self.ask("--ca-file", self.certificates.ca, "--server-name=localhost")[0], 0)
        code, said = self.ask("--ca-file", self.certificates.ca, "--server-name=example.com")
        self.assertEqual(code, 1, said)


class Status(Guarded):
    def test_plain_http_to_a_port_that_speaks_https_is_told_so(self):
        self.serve(self.tls())
        plain = self.url.replace("https:", "http:")
        for command in (["status"], ["runs"]):
            done = subprocess.run([SONDE, *command, "--url", plain], capture_output=True, text=True,
                                  timeout=60, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("the port speaks HTTPS; write https:// in --url", done.stderr)


class Refusing(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="other"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Check(Guarded):
    def check(self, *flags):
        done = subprocess.run([SONDE, "check", "--config.file", self.folder.file, *flags],
                              capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_finds_the_mistakes_of_the_web_configuration(self):
        self.write("basic_auth_users: { dave: doe }\nrate_limit: { burst: 1 }\n")
        code, said = self.check("--web.config.file", self.file)
        self.assertEqual(code, 78)
        self.assertIn("web.yml:1:27: basic_auth_users.dave: is not a bcrypt hash", said)
        self.assertIn("web.yml:2:1: rate_limit: is not supported", said)
        self.assertNotIn("doe", said)
        self.write(USERS)
        self.assertEqual(self.check("--web.config.file", self.file)[0], 0)

    def test_warns_of_a_port_that_everybody_can_reach(self):
        warning = "warning: other machines can reach"
        for address in (":9811", "0.0.0.0:9811", "[::]:9811", "192.0.2.1:9811"):
            code, said = self.check("--web.listen-address", address)
            self.assertEqual((code, warning in said), (0, True), address)
        for address in ("127.0.0.1:9811", "[::1]:9811", "localhost:9811", "127.1.2.3:9811"):
            code, said = self.check("--web.listen-address", address)
            self.assertEqual((code, warning in said), (0, False), address)
        self.write(USERS)
        code, said = self.check("--web.listen-address", ":9811", "--web.config.file", self.file)
        self.assertEqual((code, warning in said), (0, False))
        self.assertEqual(self.check("--web.listen-address", "nowhere")[0], 78)

    def test_finds_them_also_where_it_may_not_read_secrets(self):
        tls = "tls_server_config: { cert_file: none.pem, key_file: none.key, %s }\n"
        for wrong, said in (("curve_preferences: [P1]", "no such curve|P1"),
                            ("min_version: TLS13, max_version: TLS12", "min_version: is above max_version"),
                            ("cipher_suites: [NONE]", "cipher_suites"), ("cert: x", "cert is given too")):
            self.write(tls % wrong)
            for flags in ((), ("--no-secrets",)):
                code, found = self.check("--web.config.file", self.file, *flags)
                self.assertEqual(code, 78, wrong)
                self.assertRegex(found, said)
        self.write(tls % "min_version: TLS12")
        self.assertEqual(self.check("--web.config.file", self.file, "--no-secrets")[0], 0)

    def test_warns_of_paths_that_show_what_is_watched_and_of_passwords_without_tls(self):
        self.write(USERS + "auth_excluded_paths: [/-/healthy, /-/ready, /public, /public/logo]\n")
        self.assertNotIn("warning", self.check("--web.config.file", self.file)[1])
        self.write(USERS + "auth_excluded_paths: [/metrics]\n")
        code, said = self.check("--web.config.file", self.file)
        self.assertEqual(code, 0)
        self.assertRegex(said, r"warning: auth_excluded_paths: .*'/metrics'")
        code, said = self.check("--web.config.file", self.file, "--web.listen-address=:9811")
        self.assertEqual((code, "passwords cross the network unencrypted" in said), (0, True))
        self.write(self.tls() + USERS)
        said = self.check("--web.config.file", self.file, "--web.listen-address=:9811")[1]
        self.assertNotIn("unencrypted", said)

    def test_the_daemon_does_not_start_with_a_wrong_one(self):
        self.write("tls_server_config: {}\n")
        done = subprocess.run([SONDE, "serve", "--config.file", self.folder.file, "--web.config.file",
                               self.file, "--web.listen-address", "127.0.0.1:0"],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 78)  # systemd does not start it again and again
        self.assertIn("tls_server_config.cert: missing", done.stderr)


if __name__ == "__main__":
    unittest.main()
