"""The table of state in CONTRIBUTING.md: it names all that the store keeps, and tests that exist."""
import fnmatch
import pathlib
import re
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
COLUMNS = ["State", "Key", "Owner", "Reload", "Restart, crash", "Clock step", "Shown by"]


def rows():
    """The table, a dict a row."""
    lines = (SOURCE / "CONTRIBUTING.md").read_text().split("## State")[1].splitlines()
    cells = [[cell.strip() for cell in line.strip().strip("|").split(" | ")]
             for line in lines if line.startswith("| ")]
    assert cells[0] == COLUMNS, cells[0]
    return [dict(zip(COLUMNS, row, strict=True)) for row in cells[1:]]


def sources(folder, ending):
    return [(path, path.read_text()) for path in sorted((SOURCE / folder).rglob("*" + ending))]


def known_tests():
    known = set()
    for _, text in sources("tests", "_test.cpp"):
        known |= {"%s.%s" % pair for pair in re.findall(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", text, re.M)}
    for path, text in sources("tests/end_to_end", "_test.py"):
        known |= {"%s.%s" % (path.stem, name) for name in re.findall(r"^    def (test_\w+)", text, re.M)}
    return known


class State(unittest.TestCase):
    def test_each_row_says_everything_and_is_shown_by_tests_that_exist(self):
        known = known_tests()
        self.assertGreater(len(known), 2000)
        for row in rows():
            with self.subTest(row["State"]):
                self.assertTrue(all(row.values()))
                named = re.findall(r"`([^`]+)`", row["Shown by"])
                self.assertTrue(named)
                for name in named:
                    self.assertTrue(fnmatch.filter(known, name), "there is no test " + name)

    def test_all_that_the_store_keeps_has_a_row(self):
        restarts = " ".join(row["Restart, crash"] for row in rows())
        components, tables = set(), set()
        for _, text in sources("daemon", ".cpp"):
            components |= set(re.findall(r"component = \"(\w+)\"", text))
            tables |= set(re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", text))
        self.assertGreaterEqual(len(components), 7)
        for component in components:
            self.assertRegex(restarts, r"component `%s`" % component)
        for table in tables - {"notes"}:  # which holds the components
            self.assertRegex(restarts, r"tables?[^)]*`%s`" % table)


if __name__ == "__main__":
    unittest.main()
