"""C++ text made plain for a lint: comments and literals blanked, lines and columns kept."""
import re

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'',
    re.S)


def plain(source):
    def blank(match):
        text = match[0]
        body = re.sub(r"[^\n]", " ", text)
        return body if text[0] == "/" else '"' + body[2:] + '"'

    return TOKEN.sub(blank, source)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def closing(text, opening):
    """The offset of the bracket that closes the one at `opening`; the end of the text if none."""
    pairs = {"(": ")", "{": "}", "[": "]"}
    wanted = []
    for at in range(opening, len(text)):
        if text[at] in pairs:
            wanted.append(pairs[text[at]])
        elif wanted and text[at] == wanted[-1]:
            wanted.pop()
            if not wanted:
                return at
    return len(text)
