"""A lint that finds nothing proves nothing: each must find every line marked BAD in its sample,
and no other line."""
import sys
from pathlib import Path

here = Path(__file__).parent
sys.path.insert(0, str(here))
import coroutines  # noqa: E402
import guarded  # noqa: E402
import rooms  # noqa: E402
import sizes  # noqa: E402

samples = here / "testdata"


def marked(path, name):
    lines = enumerate(path.read_text().splitlines(), 1)
    return {f"{name}:{number}" for number, line in lines if "// BAD" in line}


def found(findings):
    return {":".join(finding.split(":")[:2]) for finding in findings}


def check_rooms():
    root = samples / "rooms"
    names = [file.relative_to(root).as_posix() for file in root.rglob("*.[ch]pp")]
    wanted = set().union(*(marked(root / name, name) for name in names))
    return wanted, found(rooms.findings(root))


def check_coroutines():
    sample = samples / "bad_coroutines.cpp"
    return marked(sample, "sample"), found(coroutines.findings("sample", sample.read_text()))


def check_sizes():
    long = "void f() {\n" + "  g();\n" * 60 + "}\n"
    table = "const int t[] = {\n" + "    1,\n" * 100 + "};\n"
    text = long + "namespace x {\n" + "void f() {\n" + "  g();\n" * 58 + "}\n" + table + "}\n"
    return {"f:1"}, found(sizes.findings("f", text)) | found(sizes.findings("f", "\n" * 401))


def check_guarded():
    source = """// net::fetch(network) is a comment
  auto first = net::fetch(network, request, line, none, trace);
  auto second = net::upgrade(
      network, request, line, trace);
  auto third = trial->fetch(request, line, none, use);
"""
    wanted = {"new.cpp:2", "new.cpp:3", "known.cpp:3", "less.cpp:1"}
    files = {"new.cpp": 0, "known.cpp": 1, "all.cpp": 2, "less.cpp": 3}
    return wanted, found(line for name, allowed in files.items()
                         for line in guarded.findings(name, source, allowed))


failed = False
for check in (check_rooms, check_coroutines, check_sizes, check_guarded):
    wanted, got = check()
    if not wanted or wanted != got:
        failed = True
        print(f"{check.__name__}: missed {sorted(wanted - got)}, false alarms {sorted(got - wanted)}")
sys.exit(1 if failed else 0)
