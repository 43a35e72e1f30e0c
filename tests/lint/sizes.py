"""A file of more than 400 lines, or a function of more than 60, holds two ideas.

Usage: sizes.py FILE...
"""
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from text import closing, line_of, plain  # noqa: E402

FILE_LIMIT, FUNCTION_LIMIT = 400, 60
NO_FUNCTION = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^()]*$|=\s*$")


def long_functions(text):
    for found in re.finditer(r"\{", text):
        head = text[max(text.rfind(end, 0, found.start()) for end in ";{}") + 1 : found.start()]
        if ")" not in head or NO_FUNCTION.search(head):
            continue
        lines = text.count("\n", found.start(), closing(text, found.start())) + 1
        if lines > FUNCTION_LIMIT:
            yield line_of(text, found.start()), lines


def findings(path, source):
    lines = source.count("\n")
    if lines > FILE_LIMIT:
        yield f"{path}:1: {lines} lines in a file; {FILE_LIMIT} at most"
    for number, length in long_functions(plain(source)):
        yield f"{path}:{number}: {length} lines in a function; {FUNCTION_LIMIT} at most"


if __name__ == "__main__":
    wrong = [line for name in sys.argv[1:] for line in findings(name, Path(name).read_text())]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)
