"""Requests of probes go through the login guard.

What shows a password may be counted by the service against the account, so probes send their
requests by auth::ask or session::SecretTrial, which count refusals. net::fetch and net::upgrade may
be called only where this table says why that cannot harm an account. A new call needs one of the
two, or a row here.
Usage: guarded.py
"""
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from text import line_of, plain  # noqa: E402

CALL = re.compile(r"\bnet::(?:fetch|upgrade|exchange_upgrade)\s*\(")

# The number of calls in a file, and why they need no guard of their own.
ALLOWED = {
    "auth/ask.cpp": (1, "the requests of logins: begin_trial is called before"),
    "auth/counted_exchange.cpp": (2, "the exchange that the guard makes"),
    "session/secret_trial.cpp": (2, "where the trial shows no secret"),
    "session/session.cpp": (1, "an upgrade without credentials, at an address that is not the target's"),
    "session/discover.cpp": (1, "public pages of the front end"),
    "dialect/http_send.cpp": (1, "session::converse counts it"),
    "health/health.cpp": (2, "a preflight, and a request of a visitor, after the same one was accepted"),
    "isolation/cross_request.cpp": (2, "right credentials, at the data of another user"),
    "upgrade/refuse_token.cpp": (1, "published keys, and the logout of a login that was accepted"),
}


def findings(name, source, allowed=None):
    """What is wrong with the file `name`, a path below probes/."""
    if allowed is None:
        allowed = ALLOWED.get(name, (0, ""))[0]
    text = plain(source)
    calls = list(CALL.finditer(text))
    for found in calls[allowed:]:
        yield (f"{name}:{line_of(text, found.start())}: a request beside the login guard; send it by "
               f"session::SecretTrial or auth::ask, or say in {Path(__file__).name} why it needs none")
    if len(calls) < allowed:
        yield f"{name}:1: {Path(__file__).name} allows {allowed} requests, and it makes {len(calls)}"


def main():
    root = Path(__file__).resolve().parents[2] / "probes"
    wrong = [f"{name}:1: it is gone; remove its row from {Path(__file__).name}"
             for name in ALLOWED if not (root / name).exists()]
    for path in sorted(root.rglob("*.[ch]pp")):
        name = path.relative_to(root).as_posix()
        if not name.startswith("net/"):
            wrong += findings(name, path.read_text())
    for finding in wrong:
        print("probes/" + finding)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
