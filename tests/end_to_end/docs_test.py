"""What the documents say is what the binary does."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import jsonschema
import yaml

from world import SONDE, SOURCE

README = (SOURCE / "README.md").read_text()


def sonde(*arguments):
    done = subprocess.run([SONDE, *[str(a) for a in arguments]], capture_output=True, text=True,
                          timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def readable(text, folder):
    """The text with its secrets in files that exist, for they are looked up when it is loaded."""
    secret = pathlib.Path(folder) / "secret"
    secret.write_text("x\n")
    text = re.sub(r"\{ (env|credential): [\w-]+ \}", "{ file: %s }" % secret, text)
    return re.sub(r"file: [^\s,}]+", "file: %s" % secret, text)


def yaml_files():
    """(name, text) of every example, of the demo's file, and of every YAML block of the README."""
    for path in sorted((SOURCE / "config" / "examples").glob("*.yaml")):
        yield path.name, path.read_text()
    quickstart = SOURCE / "deploy" / "demo" / "quickstart.yaml"
    yield quickstart.name, quickstart.read_text()
    for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", README, re.S)):
        yield "README block %d" % (number + 1), block


class Documents(unittest.TestCase):
    def test_every_example_loads_and_fits_the_schema(self):
        schema = json.loads(sonde("schema")[1])
        jsonschema.Draft202012Validator.check_schema(schema)
        schema = jsonschema.Draft202012Validator(schema)
        found = 0
        for name, text in yaml_files():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                text = readable(text, folder)
                file = pathlib.Path(folder) / "sonde.yaml"
                file.write_text(text)
                code, _, errors = sonde("check", "--config.file", file)
                self.assertEqual(code, 0, errors)
                schema.validate(yaml.safe_load(text))
                found += 1
        self.assertGreaterEqual(found, 4)

    def test_schema_refuses_what_check_refuses(self):
        schema = jsonschema.Draft202012Validator(json.loads(sonde("schema")[1]))
        base = yaml.safe_load(next(block for block in re.findall(r"```yaml\n(.*?)```", README, re.S)))
        for mend in (lambda y: y["probes"]["chat"].update(evry="1s"),
                     lambda y: y["defaults"].update(every=15),
                     lambda y: y["probes"]["login"].update(kind="logn"),
                     lambda y: y.update(probs={}),
                     lambda y: y["identities"]["alice"].update(password={"literal": "x"})):
            document = json.loads(json.dumps(base))
            mend(document)
            with self.assertRaises(jsonschema.ValidationError):
                schema.validate(document)

    def test_reference_yaml_is_what_the_declarations_say(self):
        self.assertEqual((SOURCE / "config" / "reference.yaml").read_text(),
                         sonde("schema", "--reference")[1])

    def test_readme_lists_every_reason(self):
        table = re.search(r"<!-- reasons: begin -->\n(.*?)<!-- reasons: end -->", README, re.S)
        self.assertEqual(table.group(1), sonde("schema", "--reasons")[1])

    def test_help_names_every_command(self):
        code, out, _ = sonde("--help")
        self.assertEqual(code, 0)
        for command in ("serve", "run", "check", "test-alert", "schema", "rules"):
            self.assertIn(command, out)
        self.assertEqual(sonde("nonsense")[0], 64)
        self.assertEqual(sonde()[0], 64)


class BadFiles(unittest.TestCase):
    """Bad input gets one clear line and exit 78, never a crash."""

    BAD = {
        "an empty file": b"",
        "ten megabytes of brackets": b"[" * 10_000_000,
        "a megabyte of brackets": b"[" * 1_000_000,
        "exploding anchors": b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
            b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n" % ((98 + i,) * 2 + (97 + i,) * 9)
            for i in range(12)),
        "a duplicate key": b"probes: {}\nprobes: {}\n",
        "a tab": b"probes:\n\tchat: {}\n",
        "invalid UTF-8": b"probes: \xff\xfe\n",
        "a NUL": b"probes: \x00\n",
        "a scalar": b"42\n",
        "an open quote": b'probes: "x\n',
    }

    def test_each_gets_a_clear_line_and_exit_78(self):
        for name, content in self.BAD.items():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                file = pathlib.Path(folder) / "sonde.yaml"
                file.write_bytes(content)
                code, _, errors = sonde("check", "--config.file", file)
                self.assertEqual(code, 78, errors)
                self.assertIn("sonde.yaml", errors)
                self.assertLessEqual(len(errors.splitlines()), 4, errors)

    def test_a_directory_and_a_missing_file(self):
        with tempfile.TemporaryDirectory() as folder:
            for path in (folder, folder + "/none.yaml", "/dev/zero"):
                code, _, errors = sonde("check", "--config.file", path)
                self.assertEqual(code, 78)
                self.assertIn(path, errors)

    def test_an_unreadable_secret_is_named_and_never_shown(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "sonde.yaml"
            file.write_text("identities: { a: { password: { file: %s/none } } }\n" % folder)
            code, _, errors = sonde("check", "--config.file", file)
            self.assertEqual(code, 78)
            self.assertIn("/none", errors)


if __name__ == "__main__":
    unittest.main()
