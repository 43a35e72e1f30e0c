"""Name it, then await it: the spellings of co_await that compilers have got wrong.

Fails on: a lambda that is a coroutine; two co_await in one statement; a co_await inside ?:, throw,
the condition of a switch, a braced list or the arguments of an awaited call; a coroutine that is
named before it is awaited and keeps a reference (const T&, a view) to an argument that is gone by
then. What a coroutine takes is known of those of the same file and of the house's headers.
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


def split(text, separator=","):
    """What stands between the separators that are in no bracket."""
    parts, depth, begin = [], 0, 0
    for at, c in enumerate(text):
        depth += {"(": 1, "{": 1, "[": 1, "<": 1, ")": -1, "}": -1, "]": -1, ">": -1}.get(c, 0)
        if text[at - 1 : at + 1] == "->":
            depth += 1
        if c == separator and depth == 0:
            parts.append(text[begin:at].strip())
            begin = at + 1
    return [part for part in [*parts, text[begin:].strip()] if part]


def signatures(text):
    """name -> the parameters of each coroutine of that name, by what a text declares."""
    table = {}
    for found in re.finditer(r"\bawaitable<", text):
        end, depth = found.end(), 1
        while end < len(text) and depth:
            depth += {"<": 1, ">": -1}.get(text[end], 0)
            end += 1
        named = re.compile(r"\s+(?:\w+::)*(\w+)\s*\(").match(text, end)
        if named:
            inside = text[named.end() : closing(text, named.end() - 1)]
            table.setdefault(named[1], []).append(split(inside))
    return table


def keeps_reference(parameter):
    type_ = parameter.split("=")[0].strip()
    return re.match(r"const\b.*&(?!&)", type_) or re.match(r"std::(string_view|span)\b", type_)


def is_temporary(argument, parameter):
    """Whether an argument is gone at the end of its statement. A call may give a reference, so it is
    not one."""
    if re.match(r"[\w:]*(<[^()]*>)?\s*\{", argument):
        return True
    texts = re.search(r"string(_view)?\b", parameter) is not None
    if re.match(r"std::(string|to_string)\s*\(", argument):
        return True
    if re.match(r'"[^"]*"$', argument):
        return texts and "view" not in parameter
    return texts and len(split(argument, "+")) > 1


NAMED = re.compile(r"\bauto\s+(\w+)\s*=\s*(?:[\w:]+(?:\(\))?(?:\.|->))*(?:\w+::)*(\w+)\s*\(")


def dangling(text, known):
    """(offset, argument) of each temporary that a named coroutine refers to."""
    for found in NAMED.finditer(text):
        end = closing(text, found.end() - 1)
        if not re.search(r"co_await std::move\(%s\)" % found[1], text[end : end + 2000]):
            continue
        arguments = split(text[found.end() : end])
        able = [p for p in known.get(found[2], []) if len(p) >= len(arguments)]
        for at, argument in enumerate(arguments):
            if able and all(keeps_reference(p[at]) and is_temporary(argument, p[at]) for p in able):
                yield found.start(), argument


def findings(path, source, headers=None):
    text = plain(source)
    for offset, argument in dangling(text, {**(headers or {}), **signatures(text)}):
        yield f"{path}:{line_of(text, offset)}: the coroutine refers to {argument}, which is gone when it is awaited; name it first"
    for offset, head, body in lambdas(text):
        if "awaitable" in head or re.search(r"\bco_(await|return|yield)\b", body):
            yield f"{path}:{line_of(text, offset)}: a lambda that is a coroutine"
    for found in AWAIT.finditer(text):
        wrong = judge(text, found.start())
        if wrong:
            yield f"{path}:{line_of(text, found.start())}: {wrong}"


if __name__ == "__main__":
    house = Path(__file__).resolve().parents[2]
    headers = {}
    for header in [*house.glob("probes/**/*.hpp"), *house.glob("daemon/**/*.hpp")]:
        for name, declared in signatures(plain(header.read_text())).items():
            headers.setdefault(name, []).extend(declared)
    wrong = [line for name in sys.argv[1:] for line in findings(name, Path(name).read_text(), headers)]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)
