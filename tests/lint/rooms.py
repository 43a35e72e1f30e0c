"""Fails on an #include of a room that the file's room does not use, and on a heavy library outside its
owner.

The rooms, what they use and the order of their parts are the calls of sonde_room in CMakeLists.txt.
Usage: rooms.py [root]
"""
import re
import sys
from pathlib import Path

ROOM_CALL = re.compile(r"^sonde_room\(([^)]*)\)", re.MULTILINE)
KEYWORDS = ("PARTS", "USES", "LIBRARIES")
MAIN = "daemon/main.cpp"  # belongs to no room, and includes the commands


# (pattern of an include, what the owner's path looks like)
OWNERS = [
    (r"yaml-cpp/", r"config/"),
    (r"prometheus/", r"daemon/metrics/(metrics[^/]*\.cpp|openmetrics\.[ch]pp)$"),
    (r"boost/json", r"(probes/text/json\.cpp|deploy/demo/[^/]+\.[ch]pp)$"),
    (r"boost/url", r"probes/net/url\.cpp$"),
    (r"idn2\.h$", r"probes/net/host\.cpp$"),
    (r"re2/", r"probes/text/pattern\.cpp$"),
    (r"ares(_[a-z]+)?\.h$", r"probes/net/dns/[^/]+$"),
    (r"spdlog/", r"daemon/log/[^/]+$"),
    (r"systemd/sd-daemon\.h$", r"(daemon/system/service_manager|deploy/demo/main)\.cpp$"),
    (r"systemd/sd-journal\.h$", r"daemon/log/journal\.cpp$"),
    (r"CLI/", r"daemon/app/(flags|command_line)\.cpp$"),
    (r"date/", r"daemon/maintenance/maintenance_zone\.cpp$"),
    (r"sqlite3\.h$", r"daemon/store/[^/]+\.cpp$"),
    (r"boost/beast/(websocket|websocket\.hpp)", r"deploy/demo/[^/]+\.[ch]pp$"),
    (r"boost/(asio|beast)\.hpp$", r"^$"),  # the umbrellas: nobody
    (r"boost/.*impl/src\.hpp$|boost/beast/src\.hpp$", r"probes/net/boost_src\.cpp$"),
]

# What a header may carry of Boost when other rooms include it, and the one that carries more.
# Headers for inside a room may carry what they like.
LIGHT = {"boost/asio/awaitable.hpp", "boost/asio/any_io_executor.hpp"}
TRANSPORT = "probes/net/transport.hpp"

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


class Room:
    def __init__(self, call):
        words = call.split()
        lists = {keyword: [] for keyword in KEYWORDS}
        self.folder, current = words[0], None
        for word in words[1:]:
            if word in KEYWORDS:
                current = lists[word]
            else:
                current.append(word)
        self.parts, self.uses = lists["PARTS"], lists["USES"]

    def part(self, path):
        """The index of the part that holds the file: -1 for the room's own folder, None for neither."""
        folder = str(Path(path).parent)
        if folder == self.folder:
            return -1
        inner = folder.removeprefix(self.folder + "/")
        return self.parts.index(inner) if inner in self.parts else None


class House:
    def __init__(self, cmake):
        self.rooms = {room.folder: room for room in map(Room, ROOM_CALL.findall(cmake))}
        self.reach = {}  # folder: the folders that it uses, directly or through others
        for folder, room in self.rooms.items():  # a room stands below those that it uses
            self.reach[folder] = set(room.uses).union(*(self.reach[used] for used in room.uses))

    def room_of(self, path):
        for room in self.rooms.values():
            if room.part(path) is not None:
                return room
        return None

    def judge_own(self, path, target):
        mine, theirs = self.room_of(path), self.room_of(target)
        if theirs is None:
            return f'"{target}" is in no room'
        if path == MAIN:
            return None
        if mine is theirs:
            here, there = mine.part(path), mine.part(target)
            if here != -1 and there > here:
                return f'"{target}" is in a later part than {mine.parts[here]}'
            return None
        if theirs.folder not in self.reach[mine.folder]:
            return f'"{target}": {mine.folder} does not use {theirs.folder}'
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


def judge_weight(house, root, path, target):
    theirs = house.room_of(target)
    if not theirs or house.room_of(path) is theirs:
        return None
    heavy = burden(root, target, set())
    return heavy and f'"{target}" brings <{heavy}>, too heavy for a header between rooms'


def findings_in(house, root, path):
    for number, own, target in includes_of(root / path):
        judged = house.judge_own(path, target) if own else judge_library(path, target)
        wrong = judged or (own and judge_weight(house, root, path, target))
        if wrong:
            yield f"{path}:{number}: {wrong}"


def findings(root):
    house = House((root / "CMakeLists.txt").read_text())
    for folder in ("config", "probes", "daemon", "deploy/demo"):
        for file in sorted((root / folder).rglob("*.[ch]pp")):
            path = file.relative_to(root).as_posix()
            if house.room_of(path) is None and path != MAIN:
                yield f"{path}:1: is in no room"
            else:
                yield from findings_in(house, root, path)


if __name__ == "__main__":
    wrong = list(findings(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)
