"""Fails on an #include that goes up or sideways, and on a heavy library outside its owner.

The floors are those of the README's "The house". Usage: floors.py [root]
"""
import re
import sys
from pathlib import Path

# (pattern of a path, room, floor); the first match wins. A file may include its own room and any
# lower floor; rooms on one floor never include each other.
ROOMS = [
    (r"config/", "config", 0),
    (r"probes/(assigned|clock|deadline|outcome|probe|reason|trace|scrub|secret_names|secrets|verdict)\.", "ground", 1),
    (r"probes/text/", "text", 1),
    (r"probes/net/", "net", 2),
    (r"probes/auth/", "auth", 3),
    (r"probes/talk/", "talk", 3),
    (r"probes/[^/]+$", "kinds", 4),
    (r"daemon/(certificates|result|result_json|figures|sink|change|view|objective|log|log_writer|thread|selector|alert|alert_json|note_json)\.", "hand", 5),
    (r"daemon/(schedule|judge|alert|notify|maintenance|record|expose|report)/", None, 6),  # a room each
    (r"daemon/promql/", "promql", 7),
    (r"daemon/[^/]+$", "app", 8),
    (r"deploy/demo/", "demo", 0),
]
# What a room may include beside the rule above.
ALSO = {("ground", "text"), ("text", "ground")}

# (pattern of an include, what the owner's path looks like)
OWNERS = [
    (r"yaml-cpp/", r"config/"),
    (r"prometheus/", r"daemon/expose/metrics[^/]*\.cpp$"),
    (r"boost/json", r"(probes/text/json\.cpp|deploy/demo/[^/]+\.[ch]pp)$"),
    (r"boost/url", r"probes/net/url\.cpp$"),
    (r"re2/", r"probes/text/pattern\.cpp$"),
    (r"ares(_[a-z]+)?\.h$", r"probes/net/(lookup|ares|resolver)[^/]*\.(cpp|hpp)$"),
    (r"CLI/", r"daemon/(flags|main)\.cpp$"),
    (r"date/", r"daemon/maintenance/maintenance_zone\.cpp$"),
    (r"sqlite3\.h$", r"daemon/record/[^/]+\.cpp$"),
    (r"boost/beast/(websocket|websocket\.hpp)", r"deploy/demo/[^/]+\.[ch]pp$"),
    (r"boost/(asio|beast)\.hpp$", r"^$"),  # the umbrellas: nobody
    (r"boost/.*impl/src\.hpp$|boost/beast/src\.hpp$", r"probes/net/boost_src\.cpp$"),
]

# What a header may carry of Boost when other rooms include it, and the one that carries more.
# Headers for inside a room may carry what they like.
LIGHT = {"boost/asio/awaitable.hpp", "boost/asio/any_io_executor.hpp"}
TRANSPORT = "probes/net/transport.hpp"

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def room_of(path):
    for pattern, room, floor in ROOMS:
        if re.match(pattern, path):
            return (room or path.split("/")[1], floor)
    return None


def judge_own(path, target):
    mine, theirs = room_of(path), room_of(target)
    if theirs is None:
        return f'"{target}" is in no room of the house'
    if mine[0] == theirs[0] or (mine[0], theirs[0]) in ALSO:
        return None
    if "demo" in (mine[0], theirs[0]):
        return f'"{target}": the demo and the daemon share nothing'
    if theirs[1] > mine[1]:
        return f'"{target}" goes up, from floor {mine[1]} ({mine[0]}) to {theirs[1]} ({theirs[0]})'
    if theirs[1] == mine[1]:
        return f'"{target}" goes sideways, from {mine[0]} to {theirs[0]}'
    return None


def judge_library(path, target):
    for pattern, owner in OWNERS:
        if re.match(pattern, target) and not re.search(owner, path):
            return f"<{target}> belongs to {owner}"
    return None


def includes_of(file):
    for number, line in enumerate(file.read_text().splitlines(), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found[1] == '"', found[2]


def burden(root, header, seen):
    """The heavy Boost header that an own header carries, itself or through others; or None."""
    file = root / header
    if header in seen or header == TRANSPORT or not file.exists():
        return None
    seen.add(header)
    for _, own, target in includes_of(file):
        heavy = burden(root, target, seen) if own else target.startswith("boost/") and target
        if heavy and heavy not in LIGHT:
            return heavy
    return None


def judge_weight(root, path, target):
    mine, theirs = room_of(path), room_of(target)
    if not theirs or mine[0] == theirs[0]:
        return None
    heavy = burden(root, target, set())
    return heavy and f'"{target}" brings <{heavy}>, too heavy for a header between rooms'


def findings_in(root, path):
    for number, own, target in includes_of(root / path):
        judged = judge_own(path, target) if own else judge_library(path, target)
        wrong = judged or (own and judge_weight(root, path, target))
        if wrong:
            yield f"{path}:{number}: {wrong}"


def findings(root):
    for folder in ("config", "probes", "daemon", "deploy/demo"):
        for file in sorted((root / folder).rglob("*.[ch]pp")):
            path = file.relative_to(root).as_posix()
            if room_of(path) is None:
                yield f"{path}:1: is in no room of the house"
            else:
                yield from findings_in(root, path)


if __name__ == "__main__":
    wrong = list(findings(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)
