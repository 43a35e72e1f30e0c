"""Prints CHANGELOG.md as the changelog of a Debian package.

usage: changelog.py SOURCE PACKAGE VERSION MAINTAINER

The date is SOURCE_DATE_EPOCH or that of the commit. Each "## VERSION" of CHANGELOG.md is an entry;
"Unreleased" is the version that is packaged.
"""
import email.utils
import os
import pathlib
import re
import subprocess
import sys
import textwrap


def epoch(source):
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    done = subprocess.run(["git", "-C", source, "log", "-1", "--format=%ct"], capture_output=True,
                          text=True, check=False)
    return int(done.stdout or 0)


def items(text):
    """The list items of a section, each as one line."""
    return [" ".join(item.split()) for item in re.findall(r"^- (.*(?:\n  .*)*)", text, re.M)]


def main(source, package, version, maintainer):
    when = email.utils.formatdate(epoch(source))
    changes = (pathlib.Path(source) / "CHANGELOG.md").read_text()
    for name, text in re.findall(r"^## (.*)\n((?:(?!^## ).*\n)*)", changes, re.M):
        release = version if name == "Unreleased" else re.sub(r"^v|[ ,(].*$", "", name) + version[version.index("-"):]
        print("%s (%s) unstable; urgency=medium\n" % (package, release))
        for item in items(text) or ["First version."]:
            print(textwrap.fill(item.replace("`", ""), 80, initial_indent="  * ",
                                subsequent_indent="    ", break_long_words=False))
        print("\n -- %s  %s\n" % (maintainer, when))


main(*sys.argv[1:])
