"""The daemon's own port: whoever scrapes is served, and other sites' pages change nothing."""
import resource
import socket
import time
import unittest
import urllib.parse

from world import Demo, Folder, Serve, request


class Port(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.demo = Demo()
        cls.addClassCleanup(cls.demo.stop)
        cls.folder = Folder(cls.demo.url)
        cls.addClassCleanup(cls.folder.remove)
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
        cls.addClassCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, limits)
        cls.serve = Serve(cls.folder, "--web.enable-lifecycle", "--web.enable-admin-api",
                          "--web.allowed-host", "sonde", "--web.allowed-host", ".svc.example",
                          "--web.external-url", "https://watch.example.com/sonde")
        cls.addClassCleanup(cls.serve.process.stop)
        at = urllib.parse.urlsplit(cls.serve.url)
        cls.address = (at.hostname, at.port)

        # A sanitizer is slow, and so is a busy machine.
        cls.patience = max(5, 50 * max(cls.took(path) for path in cls.asked))

    asked = ("/-/healthy", "/-/ready", "/metrics")

    @classmethod
    def took(cls, path):
        begun = time.monotonic()
        status = request(cls.serve.url, path)[0]
        assert status == 200, (path, status)
        return time.monotonic() - begun

    def hold(self, count, data=b""):
        for _ in range(count):
            one = socket.create_connection(self.address, 10)
            self.addCleanup(one.close)
            try:
                one.sendall(data)
            except OSError:
                pass  # the daemon may have cut it already

    def served(self):
        """All three are answered, each long before a scrape would be given up."""
        for path in self.asked:
            self.assertLess(self.took(path), self.patience, path)

    def test_two_thousand_idle_connections(self):
        self.hold(2000)
        self.served()

    def test_slow_writers(self):
        self.hold(300, b"GET /metrics HTTP/1.1\r\nHost: ")
        self.served()

    def test_slow_readers_of_the_page(self):
        self.hold(300, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
        self.served()

    def test_slow_readers_of_pages_and_the_api(self):
        for path in (b"/", b"/api/v1/probes", b"/api/v1/alerts", b"/api/v1/targets", b"/api/v1/openapi.json"):
            self.hold(25, b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
        self.served()

    def test_new_connections_before_each_scrape(self):
        for _ in range(10):
            self.hold(64)
            self.served()

    def test_only_known_hosts_are_answered(self):
        own = "%s:%d" % self.address
        for host in (own, "localhost", "sonde:9811", "a.svc.example", "watch.example.com",
                     socket.gethostname()):
            self.assertEqual(request(self.serve.url, "/metrics", headers={"Host": host})[0], 200, host)
        for host in ("evil.example", "evil.example:%d" % self.address[1], "localhost.evil.example"):
            status, _, body = request(self.serve.url, "/metrics", headers={"Host": host})
            self.assertEqual(status, 421, host)
            self.assertIn(b"--web.allowed-host", body)

    def test_a_rebound_page_changes_nothing(self):
        json = {"Content-Type": "application/json"}
        wish = b'{"for":"1h","where":{"target":"demo"},"reason":"x","author":"x"}'
        evil = {**json, "Host": "evil.example", "Origin": "http://evil.example"}
        status, _, _ = request(self.serve.url, "/api/v1/maintenance", "POST", evil, wish)
        self.assertEqual(status, 421)
        self.assertEqual(request(self.serve.url, "/api/v1/maintenance")[2],
                         b'{"status":"success","data":{"maintenance":[]}}')

    def test_another_sites_page_cannot_reload(self):
        for headers in ({"Content-Type": "text/plain"}, {},
                        {"Content-Type": "application/json", "Origin": "http://evil.example"},
                        {"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}):
            status = request(self.serve.url, "/-/reload", "POST", headers, b"{}")[0]
            self.assertIn(status, (403, 415), headers)
        self.assertNotIn("reloaded", self.serve.process.said())
        self.assertEqual(request(self.serve.url, "/-/reload", "PUT")[0], 200)
        self.assertEqual(request(self.serve.url, "/-/reload", "POST",
                                 {"Content-Type": "application/json"})[0], 200)


if __name__ == "__main__":
    unittest.main()
