"""Who may use the daemon's port: TLS, certificates, passwords, and Prometheus that shows them."""
import base64
import http.client
import json
import pathlib
import socket
import ssl
import subprocess
import tempfile
import unittest

from shop import Prometheus
from world import SONDE, Folder, Process, request, until, value_on

# Nothing runs within a test, so the target need not exist.
IDLE = """
targets: {{ shop: {{ http: "http://127.0.0.1:1" }} }}
probes:
  api: {{ kind: health, target: shop, url: "{{{{target.http}}}}/health", every: 1h }}
"""
# dave123, of the exporter-toolkit's test data.
USERS = "basic_auth_users: { dave: $2y$10$2UXri9cIDdgeKjBo4Rlpx.U3ZLDV8X1IxKmsfOvhcM5oXQt/mLmXq }\n"
JSON = {"Content-Type": "application/json"}


def basic(name, password):
    return {"Authorization": "Basic " + base64.b64encode(b"%s:%s" % (name, password)).decode()}


DAVE = basic(b"dave", b"dave123")


class Certificates:
    """An authority, and certificates that it has issued."""

    def __init__(self, test):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.ca = self.root / "ca.pem"
        self.openssl("req", "-x509", *self.new_key("ca"), "-subj", "/CN=authority", "-days", "30",
                     "-out", self.ca)

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    def new_key(self, name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                self.root / (name + ".key"))

    def issue(self, name, names):
        """(certificate, key), written over earlier ones of that name."""
        certificate, key = self.root / (name + ".pem"), self.root / (name + ".key")
        request_file, extension = self.root / "request", self.root / "extension"
        self.openssl("req", *self.new_key(name), "-subj", "/CN=" + name, "-out", request_file)
        extension.write_text("subjectAltName=%s\n" % names)
        made = self.root / "made.pem"
        self.openssl("x509", "-req", "-in", request_file, "-CA", self.ca, "-CAkey",
                     self.root / "ca.key", "-CAcreateserial", "-days", "30", "-extfile", extension,
                     "-out", made)
        made.rename(certificate)
        return certificate, key

    def client(self, name=None):
        context = ssl.create_default_context(cafile=self.ca)
        if name is not None:
            context.load_cert_chain(self.root / (name + ".pem"), self.root / (name + ".key"))
        return context


class Guarded(unittest.TestCase):
    """A daemon with a web configuration, on a free port."""

    def setUp(self):
        self.folder = Folder("http://127.0.0.1:1", IDLE)
        self.addCleanup(self.folder.remove)
        self.certificates = Certificates(self)
        self.file = self.folder.file.parent / "web.yml"

    def write(self, text):
        self.file.write_text(text)

    def tls(self, more=""):
        self.certificates.issue("server", "DNS:localhost,IP:127.0.0.1")
        return "tls_server_config: { cert_file: %s, key_file: %s%s }\n" % (
            self.certificates.root / "server.pem", self.certificates.root / "server.key", more)

    def verified(self, more=""):
        return self.tls(", client_ca_file: %s, client_auth_type: RequireAndVerifyClientCert%s" % (
            self.certificates.ca, more))

    def serve(self, text, *flags, listen="127.0.0.1:0"):
        self.write(text)
        self.process = Process(SONDE, "serve", "--config.file", self.folder.file,
                               "--web.listen-address", listen, "--log.format", "logfmt",
                               "--web.config.file", self.file, *flags)
        self.addCleanup(lambda: self.process.child.poll() is None and self.process.stop())
        port = self.process.await_said(r"ready address=\S*:(\d+)").group(1)
        scheme = "https" if "tls_server_config" in text else "http"
        self.url = "%s://127.0.0.1:%s" % (scheme, port)

    def get(self, path, headers=None, context=None, **more):
        return request(self.url, path, headers=headers, context=context or self.certificates.client(),
                       **more)

    def status(self, path, *arguments, **more):
        return self.get(path, *arguments, **more)[0]


class Passwords(Guarded):
    def test_who_has_none_is_asked_for_one(self):
        self.serve(USERS + "auth_excluded_paths: [/-/healthy]\n")
        status, headers, _ = self.get("/metrics")
        self.assertEqual((status, headers["www-authenticate"].split()[0]), (401, "Basic"))
        self.assertEqual(self.status("/metrics", basic(b"dave", b"dave124")), 401)
        self.assertEqual(self.status("/metrics", basic(b"nobody", b"dave123")), 401)
        self.assertEqual(self.status("/metrics", DAVE), 200)
        self.assertEqual(self.status("/-/healthy"), 200)
        self.assertEqual(self.status("/-/ready"), 401)
        status, _, body = self.get("/api/v1/alerts")
        self.assertEqual((status, json.loads(body)["errorType"]), (401, "unauthorized"))

    def test_a_password_comes_before_the_body_of_a_request(self):
        self.serve(USERS)
        with socket.create_connection(("127.0.0.1", int(self.url.rsplit(":", 1)[1])), 20) as one:
            one.sendall(b"POST /api/v1/maintenance HTTP/1.1\r\nHost: localhost\r\n"
                        b"Content-Length: 60000\r\n\r\n")
            self.assertTrue(one.recv(100).startswith(b"HTTP/1.1 401 "))

    def test_a_broken_file_leaves_the_old_one_in_place(self):
        self.serve(USERS)
        good = "sonde_web_config_last_reload_successful"
        self.assertEqual(value_on(self.get("/metrics", DAVE)[2].decode(), good), 1)
        self.write("basic_auth_users: { dave: doe }\n")
        self.assertEqual(self.status("/metrics"), 401)
        self.assertEqual(value_on(self.get("/metrics", DAVE)[2].decode(), good), 0)
        said = self.process.await_said(r"level=error msg=\"web configuration refused[^\n]*").group(0)
        self.assertIn("basic_auth_users.dave", said)
        self.assertNotIn("doe", said)

    def test_a_file_that_is_emptied_or_half_written_does_not_open_the_port(self):
        whole = self.tls() + USERS
        self.serve(whole)
        for left, lost in (("", "TLS"), (self.tls(), "passwords")):
            self.write(left)
            self.assertEqual(self.status("/metrics"), 401)
            self.process.await_said("web configuration refused[^\n]*%s[^\n]*restart the daemon" % lost)
        self.write(whole + "http_server_config: { headers: { X-Frame-Options: deny } }\n")
        self.assertEqual(self.get("/metrics", DAVE)[1]["x-frame-options"], "deny")

    def test_headers_are_added_to_every_answer(self):
        self.serve(USERS + """http_server_config:
  headers:
    X-Frame-Options: deny
    Strict-Transport-Security: max-age=600
    Content-Security-Policy: default-src 'self'
""")
        for headers in (None, DAVE):
            found = self.get("/", headers)[1]
            self.assertEqual(found["x-frame-options"], "deny")
            self.assertEqual(found["strict-transport-security"], "max-age=600")
            self.assertEqual(found["content-security-policy"], "default-src 'self'")
            self.assertEqual(found["x-content-type-options"], "nosniff")
        self.write(USERS + "http_server_config: { headers: { Content-Security-Policy: '' } }\n")
        self.assertIn("default-src 'none'", self.get("/", DAVE)[1]["content-security-policy"])


class Tls(Guarded):
    def test_speaks_https_alone(self):
        self.serve(self.tls())
        self.assertEqual(self.status("/metrics"), 200)
        with self.assertRaises(ssl.SSLError):  # somebody else's authorities
            request(self.url, "/metrics", context=ssl.create_default_context())
        status, _, body = request(self.url.replace("https", "http"), "/metrics")
        self.assertEqual((status, body), (400, b"This port speaks HTTPS.\n"))

    def test_a_connection_is_kept_and_large_pages_arrive_whole(self):
        self.serve(self.tls())
        port = int(self.url.rsplit(":", 1)[1])
        kept = http.client.HTTPSConnection("127.0.0.1", port, timeout=20,
                                           context=self.certificates.client())
        for _ in range(5):
            kept.request("GET", "/metrics")
            page = kept.getresponse().read().decode()
            self.assertTrue(page.endswith("\n") and "process_threads" in page)
        kept.close()

    def test_versions_suites_and_curves_are_those_of_the_file(self):
        self.serve(self.tls(", max_version: TLS12, curve_preferences: [CurveP384], cipher_suites: "
                            "[TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]"))
        context = self.certificates.client()
        context.set_alpn_protocols(["h2", "http/1.1"])
        with socket.create_connection(("127.0.0.1", int(self.url.rsplit(":", 1)[1]))) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as secured:
                self.assertEqual(secured.selected_alpn_protocol(), "http/1.1")
                self.assertEqual(secured.version(), "TLSv1.2")
                self.assertEqual(secured.cipher()[0], "ECDHE-ECDSA-AES128-GCM-SHA256")
        for refuse in (lambda c: c.set_ecdh_curve("prime256v1"),
                       lambda c: c.set_ciphers("ECDHE-ECDSA-AES256-GCM-SHA384"),
                       lambda c: setattr(c, "minimum_version", ssl.TLSVersion.TLSv1_3)):
            context = self.certificates.client()
            refuse(context)
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                self.get("/metrics", context=context)

    def test_a_client_without_a_good_certificate_does_not_get_in(self):
        self.certificates.issue("prometheus", "DNS:prometheus.example")
        self.certificates.issue("grafana", "DNS:grafana.example")
        other = Certificates(self)
        other.issue("prometheus", "DNS:prometheus.example")
        self.serve(self.verified(", client_allowed_sans: [prometheus.example]"))
        self.assertEqual(
            self.status("/metrics", context=self.certificates.client("prometheus")), 200)
        stranger = self.certificates.client()
        stranger.load_cert_chain(other.root / "prometheus.pem", other.root / "prometheus.key")
        for context in (self.certificates.client(), self.certificates.client("grafana"), stranger):
            with self.assertRaises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
                self.get("/metrics", context=context)

    def test_each_way_to_ask_for_certificates(self):
        self.certificates.issue("good", "DNS:good.example")
        other = Certificates(self)
        other.issue("good", "DNS:good.example")

        def gets_in(name, authority):
            context = self.certificates.client()
            if name is not None:
                context.load_cert_chain(authority / (name + ".pem"), authority / (name + ".key"))
            try:
                return self.status("/metrics", context=context) == 200
            except (ssl.SSLError, ConnectionError, http.client.HTTPException):
                return False

        ca = ", client_ca_file: %s" % self.certificates.ca
        self.serve(self.tls())
        for kind, more, expected in (("NoClientCert", "", (True, True, True)),
                                     ("RequestClientCert", "", (True, True, True)),
                                     ("VerifyClientCertIfGiven", ca, (True, False, True)),
                                     ("RequireAnyClientCert", "", (False, True, True)),
                                     ("RequireAndVerifyClientCert", ca, (False, False, True))):
            self.write(self.tls(more + ", client_auth_type: " + kind))
            found = (gets_in(None, None), gets_in("good", other.root),
                     gets_in("good", self.certificates.root))
            self.assertEqual(found, expected, kind)

    def test_an_excluded_path_needs_no_certificate(self):
        self.certificates.issue("prometheus", "DNS:prometheus.example")
        self.serve(self.verified() + "auth_excluded_paths: [/-/healthy]\n")
        self.assertEqual(self.status("/-/healthy"), 200)
        self.assertEqual(self.status("/metrics"), 403)
        self.assertEqual(
            self.status("/metrics", context=self.certificates.client("prometheus")), 200)


class Scraped(Guarded):
    def test_prometheus_scrapes_with_tls_a_certificate_and_a_password(self):
        self.certificates.issue("prometheus", "DNS:prometheus.example")
        self.serve(self.verified() + USERS)
        root, target = self.certificates.root, self.url.removeprefix("https://")
        job = {"scheme": "https", "static_configs": [{"targets": [target]}],
               "basic_auth": {"username": "dave", "password": "dave123"},
               "tls_config": {"ca_file": str(self.certificates.ca),
                              "cert_file": str(root / "prometheus.pem"),
                              "key_file": str(root / "prometheus.key")}}
        # Each scrape has this long, as the check of the password and TLS may be slow here.
        prometheus = Prometheus(self, interval="2s", scrape_configs=[
            {"job_name": "good", **job},
            {"job_name": "no_password", **{k: v for k, v in job.items() if k != "basic_auth"}},
            {"job_name": "no_certificate", **job, "tls_config": {"ca_file": str(self.certificates.ca)}},
        ]).start()
        until(lambda: prometheus.query('sonde_build_info{job="good"}'))
        up = until(lambda: len(found := prometheus.query("up")) == 3 and found)
        self.assertEqual({labels["job"]: value for labels, value in up},
                         {"good": 1, "no_password": 0, "no_certificate": 0})

        # A certificate that is renewed is used by the next connection; no scrape fails over it.
        scrapes, failed = self.scrapes(prometheus)
        serial = self.serial()
        self.certificates.issue("server", "DNS:localhost,IP:127.0.0.1")
        until(lambda: self.serial() != serial)
        until(lambda: self.scrapes(prometheus)[0] >= scrapes + 2)
        self.assertEqual(self.scrapes(prometheus)[1], failed)

    @staticmethod
    def scrapes(prometheus):
        """How many there were, and how many of them failed, the first one perhaps, which waits for
        the password's check."""
        ((_, all_),) = prometheus.query('count_over_time(up{job="good"}[1h])')
        ((_, good),) = prometheus.query('sum_over_time(up{job="good"}[1h])')
        return all_, all_ - good

    def serial(self):
        context = self.certificates.client("prometheus")
        with socket.create_connection(("127.0.0.1", int(self.url.rsplit(":", 1)[1]))) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as secured:
                return secured.getpeercert()["serialNumber"]


def own_address():
    """An address of this machine that is not loopback; None: it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        try:
            one.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            return None
        address = one.getsockname()[0]
        return None if address.startswith("127.") else address


class Public(Guarded):
    """A port that other machines can reach."""

    def post(self, headers=None):
        window = json.dumps({"for": "1h", "reason": "r", "author": "a"})
        return request(self.other, "/api/v1/maintenance", "POST", {**JSON, **(headers or {})}, window)

    def public(self, text):
        address = own_address()
        if address is None:
            self.skipTest("this machine has no address but loopback")
        self.serve(text, "--web.enable-admin-api", "--web.enable-lifecycle", listen="0.0.0.0:0")
        self.other = self.url.replace("127.0.0.1", address)

    def test_changes_need_a_client_of_this_machine(self):
        self.public("")
        self.process.await_said(r"level=warning msg=\"other machines can reach this port")
        self.assertEqual(request(self.other, "/metrics")[0], 200)
        status, _, body = self.post()
        self.assertEqual(status, 403)
        answer = json.loads(body)
        self.assertEqual((answer["status"], answer["errorType"]), ("error", "forbidden"))
        self.assertIn("--web.config.file", answer["error"])
        self.assertEqual(request(self.other, "/-/reload", "PUT")[0], 403)
        self.assertEqual(request(self.url, "/-/reload", "PUT")[0], 200)

    def test_or_one_that_has_proved_who_it_is(self):
        self.public(USERS)
        self.assertNotIn("other machines can reach", self.process.said())
        self.assertEqual(self.post()[0], 401)
        self.assertEqual(self.post(DAVE)[0], 201)


if __name__ == "__main__":
    unittest.main()
