"""Two types of one name in one namespace break the one-definition rule without a word, even in
rooms that never include each other: the program has them both.

Fails on a type that two files define outside anonymous namespaces. Usage: names.py FILE...
"""
import collections
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from text import line_of, plain  # noqa: E402

SCOPE = re.compile(
    r"(?P<space>\bnamespace\b\s*(?P<inner>[\w:]*)\s*\{)"
    # Specialisations (`Codec<X>`) and members defined elsewhere (`Pool::State`) are no new names.
    r"|(?P<type>\b(?:struct|class|union|enum(?:\s+class)?)\s+(?P<name>\w+)\s*(?:final\s*)?(?::[^:;{}()][^;{}()]*)?\{)"
    r"|(?P<open>\{)|(?P<close>\})")


def types_in(source):
    """(line, qualified name) of each type at the scope of a named namespace."""
    text = plain(source)
    scopes = []
    for found in SCOPE.finditer(text):
        if found["close"]:
            if scopes:
                scopes.pop()
        elif found["space"]:
            scopes.append(found["inner"] or None)
        else:
            if found["type"] and all(isinstance(scope, str) for scope in scopes):
                yield line_of(text, found.start()), "::".join([*scopes, found["name"]])
            scopes.append(False)


def findings(sources):
    """`sources`: (path, text) of every file."""
    places = collections.defaultdict(list)
    for path, source in sources:
        for line, name in types_in(source):
            places[name].append((path, line))
    for name, all_of_it in sorted(places.items()):
        first = all_of_it[0]
        for path, line in all_of_it[1:]:
            if path != first[0]:
                yield f"{path}:{line}: {name} is defined at {first[0]}:{first[1]} too"


if __name__ == "__main__":
    # The demo is a program of its own; tests are, too, one a room.
    files = [name for name in sys.argv[1:] if re.match(r"(config|probes|daemon)/", name)]
    wrong = list(findings((name, Path(name).read_text()) for name in files))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)
