"""E-mail through a real SMTP server, aiosmtpd: TLS, logins, refusals, and the mails of an outage."""
import email
import email.policy
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

DEBIANS = "/usr/bin/python3"  # the one that has Debian's packages
if sys.prefix != "/usr":
    os.execv(DEBIANS, [DEBIANS, *sys.argv])

from aiosmtpd.controller import Controller  # noqa: E402
from aiosmtpd.smtp import SMTP, AuthResult  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "peers"))
import certificate  # noqa: E402
from world import CONFIG, SONDE, Demo, Folder, Serve, free_port, until  # noqa: E402

PASSWORD = "correct-horse-battery"


class Mailbox:
    """An SMTP server that keeps every mail; `replies` answers RCPT for a recipient."""

    def __init__(self, test, tls=True, login=False, hang=False):
        folder = tempfile.TemporaryDirectory()
        test.addCleanup(folder.cleanup)
        self.ca, key = certificate.make(pathlib.Path(folder.name))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.ca, key)
        self.mails, self.replies = [], {}
        self.over_tls, self.logins = [], []
        self.hang = threading.Event() if hang else None
        box = self

        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                reply = box.replies.get(address)
                if reply is None:
                    envelope.rcpt_tos.append(address)
                return reply or "250 OK"

            async def handle_DATA(self, server, session, envelope):
                if box.hang is not None:
                    await server.loop.run_in_executor(None, box.hang.wait, 60)
                box.over_tls.append(session.ssl is not None)
                box.mails.append((envelope.rcpt_tos, email.message_from_bytes(
                    envelope.content, policy=email.policy.default)))
                return "250 2.0.0 kept"

        class Server(Controller):
            def factory(self):
                return SMTP(self.handler, hostname="mail.test", enable_SMTPUTF8=False,
                            tls_context=context if tls else None, require_starttls=tls,
                            auth_required=login, auth_require_tls=tls, authenticator=box.check)

        self.server = Server(Handler(), hostname="127.0.0.1", port=free_port())
        self.server.start()
        test.addCleanup(self.server.stop)
        if hang:
            test.addCleanup(self.hang.set)
        self.port = self.server.port

    def check(self, server, session, envelope, mechanism, data):
        good = data.login == b"sonde" and data.password == PASSWORD.encode()
        self.logins.append(good)
        return AuthResult(success=good, handled=good)


class Mails(unittest.TestCase):
    def receiver(self, box, more="", to="ops@example.com"):
        return ("receivers:\n  mail: {{ email: {{ server: \"127.0.0.1:%d\", from: sonde@example.com, "
                "to: [%s], tls: {{ ca: %s }}%s }} }}\n" % (box.port, to, box.ca, more))

    def login(self, folder, password=PASSWORD):
        path = pathlib.Path(folder.name) / "smtp.pw"
        path.write_text(password)
        path.chmod(0o600)
        return ", username: sonde, password: {{ file: %s }}" % path

    def tell(self, receivers):
        folder = Folder("http://127.0.0.1:1", CONFIG + receivers)
        self.addCleanup(folder.remove)
        done = subprocess.run([SONDE, "test-alert", "--config.file", folder.file, "mail"],
                              capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    def secrets(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder

    def test_a_mail_arrives_over_starttls_after_a_login(self):
        box = Mailbox(self, login=True)
        code, said = self.tell(self.receiver(box, self.login(self.secrets())))
        self.assertEqual(code, 0, said)
        self.assertIn("mail ops@example.com by 127.0.0.1: delivered", said)
        self.assertIn("250 2.0.0 kept", said)
        (to, mail), = box.mails
        self.assertEqual((to, box.over_tls, box.logins), (["ops@example.com"], [True], [True]))
        self.assertEqual(mail["To"], "ops@example.com")
        self.assertEqual(mail["From"], "sonde@example.com")
        self.assertIn("FIRING mail (1 alert): This is a test", mail["Subject"])
        self.assertIn("nothing is wrong", mail.get_content())

    def test_a_wrong_password_is_told_and_not_shown(self):
        box = Mailbox(self, login=True)
        code, said = self.tell(self.receiver(box, self.login(self.secrets(), "wrong-horse-battery")))
        self.assertEqual(code, 1)
        self.assertIn("535", said)
        self.assertNotIn("wrong-horse", said)
        self.assertEqual((box.mails, box.logins), ([], [False]))

    def test_a_server_without_starttls_gets_neither_password_nor_mail(self):
        box = Mailbox(self, tls=False)
        code, said = self.tell(self.receiver(box, self.login(self.secrets())))
        self.assertEqual(code, 1, said)
        self.assertIn("STARTTLS", said)
        self.assertEqual((box.mails, box.logins), ([], []))

    def test_a_certificate_of_another_authority_is_refused(self):
        box, other = Mailbox(self), Mailbox(self)
        box.ca = other.ca
        code, said = self.tell(self.receiver(box))
        self.assertEqual(code, 1, said)
        self.assertIn("certificate", said)
        self.assertEqual(box.mails, [])

    def test_a_refused_recipient_holds_back_no_other(self):
        box = Mailbox(self)
        box.replies["gone@example.com"] = "550 5.1.1 no such user here"
        code, said = self.tell(self.receiver(box, to="gone@example.com, ops@example.com"))
        self.assertEqual(code, 1, said)
        self.assertIn("mail gone@example.com by 127.0.0.1: not delivered", said)
        self.assertIn("550 5.1.1 no such user here", said)
        self.assertIn("mail ops@example.com by 127.0.0.1: delivered", said)
        self.assertEqual([to for to, _ in box.mails], [["ops@example.com"]])

    def test_a_dead_server_is_told(self):
        box = Mailbox(self)
        box.port = free_port()
        code, said = self.tell(self.receiver(box))
        self.assertEqual(code, 1, said)
        self.assertIn("not delivered", said)

    def test_a_server_that_hangs_costs_no_more_than_the_time_limit(self):
        box = Mailbox(self, hang=True)
        begun = time.monotonic()
        code, said = self.tell(self.receiver(box, ", timeout: 1s"))
        self.assertEqual(code, 1, said)
        self.assertIn("did not take the mail in time", said)
        self.assertLess(time.monotonic() - begun, 30)


class Outage(unittest.TestCase):
    ALERTS = """
alerts:
  LoginDown: { of: consecutive_failures, above: 1, where: { kind: login }, severity: critical, keep_firing_for: 0s }
""".replace("{", "{{").replace("}", "}}")

    def test_begin_and_end_of_an_outage_are_one_thread_although_the_server_was_busy_first(self):
        box, demo = Mailbox(self), Demo()
        self.addCleanup(demo.stop)
        box.replies["ops@example.com"] = "451 4.7.1 greylisted, come back later"
        receivers = Mails.receiver(self, box).replace(
            "}} }}\n", "}}, group_wait: 0s, group_interval: 1s }}\n")
        folder = Folder(demo.url, CONFIG + self.ALERTS + receivers)
        self.addCleanup(folder.remove)
        serve = Serve(folder)
        self.addCleanup(serve.process.stop)
        demo.fault("login_500")
        serve.process.await_said(r"greylisted")
        self.assertEqual(box.mails, [])
        box.replies.clear()
        until(lambda: box.mails)
        demo.heal()
        until(lambda: any(mail["X-Sonde-Status"] == "resolved" for _, mail in list(box.mails)))
        mails = [mail for _, mail in box.mails]
        self.assertEqual(mails[0]["X-Sonde-Status"], "firing")
        self.assertIn("LoginDown", mails[0].get_content())
        self.assertEqual({mail["References"] for mail in mails}, {mails[0]["References"]})
        self.assertEqual(len({mail["Message-ID"] for mail in mails}), len(mails))

    def test_the_daemon_stops_while_a_server_hangs(self):
        box, demo = Mailbox(self, hang=True), Demo()
        self.addCleanup(demo.stop)
        receivers = Mails.receiver(self, box).replace("}} }}\n", "}}, group_wait: 0s }}\n")
        folder = Folder(demo.url, CONFIG + self.ALERTS + receivers)
        self.addCleanup(folder.remove)
        serve = Serve(folder)
        demo.fault("login_500")
        until(lambda: serve.value("sonde_alerts", alertname="LoginDown", state="firing"))
        self.assertEqual(serve.process.stop(), 0)


if __name__ == "__main__":
    unittest.main()
