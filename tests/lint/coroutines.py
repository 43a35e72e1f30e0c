"""Name it, then await it: the spellings of co_await that compilers have got wrong.

Fails on: a lambda that is a coroutine; two co_await in one statement; a co_await inside ?:, throw,
the condition of a switch, a braced list or the arguments of an awaited call.
Usage: coroutines.py FILE...
"""
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from text import closing, line_of, plain  # noqa: E402

LAMBDA = re.compile(r"(?<![\w\]\)])\[[^\[\]]*\]\s*(?=[({])")
AWAIT = re.compile(r"\bco_(?:await|yield)\b")


def lambdas(text):
    """(offset, head, body) of each lambda."""
    for found in LAMBDA.finditer(text):
        at = found.end()
        if text[at] == "(":
            at = closing(text, at) + 1
        body = re.compile(r"[^;{}(),]*").match(text, at).end()
        if body < len(text) and text[body] == "{":
            yield found.start(), text[at:body], text[body : closing(text, body)]


def statement_around(text, offset):
    """The statement of an offset: braces of initialisers belong to it, those of blocks end it."""
    begin, depth = offset, 0
    while begin > 0:
        c = text[begin - 1]
        if c in ")]}":
            if c == "}" and depth == 0:
                break
            depth += 1
        elif c in "([{":
            if depth == 0 and c == "{" and is_block(text, begin - 1):
                break
            depth = max(0, depth - 1)
        elif c == ";" and depth == 0:
            break
        begin -= 1
    end, depth = offset, 0
    while end < len(text) and not (text[end] in ";{}" and depth <= 0):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text[end], 0)
        end += 1
    return begin, text[begin:end]


def is_block(text, brace):
    """Whether a { opens a block (after `)`, `else`, `do`, `try`, a qualifier) or an initialiser."""
    before = text[:brace].rstrip()
    if not before or before[-1] in ");{}:":
        return True
    return re.search(r"\b(else|do|try|const|noexcept|override|mutable)$|->\s*[\w:<>]+$", before) is not None


def judge(text, offset):
    begin, statement = statement_around(text, offset)
    head = statement.split("co_await", 1)[0].split("co_yield", 1)[0]
    if len(AWAIT.findall(statement)) > 1:
        return "more than one co_await in a statement"
    if re.search(r"\bthrow\b", head):
        return "co_await inside throw"
    if re.search(r"\bswitch\s*\(", head):
        return "co_await in the condition of a switch"
    if re.search(r"[^?:]\?[^?]|^\s*\?", statement):
        return "co_await beside ?:"
    opened = head.count("{") - head.count("}")
    if opened > 0:
        return "co_await inside a braced list"
    if re.match(r"co_await\s+[\w:.>()-]*\([^;]*\{", text[offset:]) and "[" not in statement[len(head):]:
        call = text[offset : offset + len(statement) - len(head) + 1]
        if re.search(r"[(,]\s*(?:[\w:]+)?\s*\{", call):
            return "a braced argument of an awaited call; name it first"
    return None


def findings(path, source):
    text = plain(source)
    for offset, head, body in lambdas(text):
        if "awaitable" in head or re.search(r"\bco_(await|return|yield)\b", body):
            yield f"{path}:{line_of(text, offset)}: a lambda that is a coroutine"
    for found in AWAIT.finditer(text):
        wrong = judge(text, found.start())
        if wrong:
            yield f"{path}:{line_of(text, found.start())}: {wrong}"


if __name__ == "__main__":
    wrong = [line for name in sys.argv[1:] for line in findings(name, Path(name).read_text())]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)
