"""What the documents say is what the binary does."""
import copy
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import jsonschema
import yaml

from world import SONDE, SOURCE, Demo

FOLDERS = ("config", "probes", "daemon", "deploy", "tests", "cmake", ".ci")
KEY = subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout"],
                     capture_output=True, text=True, check=True).stdout
# Targets that fragments name: copies of the only target of the first configuration.
NAMED_TARGETS = ("production", "staging", "t")


def documents():
    """Every Markdown file of the repository: its path from the root, and its text."""
    found = {}
    for folder, folders, files in os.walk(SOURCE):
        folders[:] = sorted(name for name in folders if name not in ("node_modules", "build", ".git"))
        for path in (pathlib.Path(folder) / name for name in sorted(files) if name.endswith(".md")):
            found[path.relative_to(SOURCE).as_posix()] = path.read_text()
    return found


DOCUMENTS = documents()


def blocks(text):
    """(language, content) of each fenced block."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, re.S | re.M)


def plain(key):
    """A key of the table, whether a list or names are meant."""
    return re.sub(r"\[\]|\.NAME", "", key.split(":")[0])


def keys_in(schema, path):
    """The keys of a schema, but for those below a type with a title, which is explained once."""
    if "title" in schema and path not in ("", "logins", "probes"):
        return
    for way in ("anyOf", "oneOf"):
        for choice in schema.get(way, []):
            yield from keys_in(choice, path)
    for way in ("items", "additionalProperties"):
        if isinstance(schema.get(way), dict):
            yield from keys_in(schema[way], path)
    for key, below in schema.get("properties", {}).items():
        yield f"{path}.{key}".lstrip(".")
        yield from keys_in(below, f"{path}.{key}".lstrip("."))


def prose(text):
    """A document without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)


def yaml_blocks():
    """(name, text) of every YAML block of every document."""
    for path, text in DOCUMENTS.items():
        numbered = enumerate((block for language, block in blocks(text) if language == "yaml"), 1)
        for number, block in numbered:
            yield "%s block %d" % (path, number), block


def is_of_prometheus(block):
    return "scrape_configs" in yaml.safe_load(block)


def is_web_configuration(block):
    return bool({"tls_server_config", "basic_auth_users"} & set(yaml.safe_load(block)))


def is_of_kubernetes(block):
    return "apiVersion" in yaml.safe_load(block)


def first_configuration():
    """The one that README shows first."""
    return dict(yaml_blocks())["README.md block 1"]


def merged(one, other):
    out = dict(one)
    for key, value in other.items():
        known = isinstance(out.get(key), dict) and isinstance(value, dict)
        out[key] = {**out[key], **value} if known else value
    return out


def completed(fragment, folder):
    """A readable file that has, beside a fragment's sections, those of the first configuration."""
    around = yaml.safe_load(readable(first_configuration(), folder))
    target = next(iter(around["targets"].values()))
    for name in NAMED_TARGETS:
        around["targets"][name] = {**copy.deepcopy(target), "vars": {"kernel": "k1"}}
    for probe in around["probes"].values():
        probe["target"] = list(around["targets"])
    return merged(around, yaml.safe_load(readable(fragment, folder)))


def sonde(*arguments):
    done = subprocess.run([SONDE, *[str(a) for a in arguments]], capture_output=True, text=True,
                          timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def readable(text, folder):
    """The text with its secrets in files that exist, for they are looked up when it is loaded."""
    secret, key = pathlib.Path(folder) / "secret", pathlib.Path(folder) / "key"
    secret.write_text("https://hooks.example.net/x\n")  # some are addresses
    key.write_text(KEY)  # others sign
    text = re.sub(r"\bkey: \{ (env|credential|file): [^\s,}]+ \}", "key: { file: %s }" % key, text)
    text = re.sub(r"\{ (env|credential): [\w-]+ \}", "{ file: %s }" % secret, text)
    return re.sub(r"file: (?!%s)(\"[^\"]*\"|[^\s,}]+)" % re.escape(str(key)), "file: %s" % secret, text)


def yaml_files():
    """(name, text) of every example, of the demo's file, and of every block of the documents that
    is a whole file."""
    for path in sorted((SOURCE / "config" / "examples").glob("*.yaml")):
        yield path.name, path.read_text()
    quickstart = SOURCE / "deploy" / "demo" / "quickstart.yaml"
    yield quickstart.name, quickstart.read_text()
    for name, block in yaml_blocks():
        if "targets" in yaml.safe_load(block):
            yield name, block


def fragments():
    """(name, text) of every block that shows some sections of the file and leaves out the rest."""
    for name, block in yaml_blocks():
        others = is_of_prometheus(block) or is_web_configuration(block) or is_of_kubernetes(block)
        if "targets" not in yaml.safe_load(block) and not others:
            yield name, block


class Documents(unittest.TestCase):
    def test_every_example_and_block_loads_and_fits_the_schema(self):
        schema = json.loads(sonde("schema")[1])
        jsonschema.Draft202012Validator.check_schema(schema)
        schema = jsonschema.Draft202012Validator(schema)
        whole, shown = list(yaml_files()), list(fragments())
        for name, text in whole + shown:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                if (name, text) in shown:
                    text = yaml.safe_dump(completed(text, folder), sort_keys=False)
                else:
                    text = readable(text, folder)
                file = pathlib.Path(folder) / "sonde.yaml"
                file.write_text(text)
                code, _, errors = sonde("check", "--config.file", file)
                self.assertEqual(code, 0, errors)
                schema.validate(yaml.safe_load(text))
        self.assertGreaterEqual(len(whole), 16)
        self.assertGreaterEqual(len(shown), 5)

    def test_every_web_configuration_is_good(self):
        shown = [(name, block) for name, block in yaml_blocks() if is_web_configuration(block)]
        self.assertGreaterEqual(len(shown), 1)
        for name, block in shown:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                for file in re.findall(r"_file: (\S+)", block):
                    self.assertFalse(file.startswith("/"), file)
                    self.make_pem(pathlib.Path(folder), file)
                (pathlib.Path(folder) / "web.yml").write_text(block)
                (pathlib.Path(folder) / "sonde.yaml").write_text(readable(first_configuration(), folder))
                code, _, said = sonde("check", "--config.file", pathlib.Path(folder) / "sonde.yaml",
                                      "--web.config.file", pathlib.Path(folder) / "web.yml")
                self.assertEqual((code, "web.yml" in said), (0, False), said)

    @staticmethod
    def make_pem(folder, file):
        """A certificate, its authority or its key: one file is all of them."""
        made = folder / "made.pem"
        if not made.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=sonde", "-keyout", made,
                            "-out", folder / "certificate"], check=True, capture_output=True)
            made.write_text(made.read_text() + (folder / "certificate").read_text())
        (folder / file).touch(mode=0o600)
        (folder / file).write_text(made.read_text())

    def test_schema_refuses_what_check_refuses(self):
        schema = jsonschema.Draft202012Validator(json.loads(sonde("schema")[1]))
        base = yaml.safe_load(first_configuration())
        for mend in (lambda y: y["probes"]["chat"].update(evry="1s"),
                     lambda y: y["defaults"].update(every=15),
                     lambda y: y["probes"]["login"].update(kind="logn"),
                     lambda y: y.update(probs={}),
                     lambda y: y["identities"]["alice"].update(password={"literal": "x"})):
            document = json.loads(json.dumps(base))
            mend(document)
            with self.assertRaises(jsonschema.ValidationError):
                schema.validate(document)

    def test_readme_is_short(self):
        self.assertLessEqual(len(DOCUMENTS["README.md"].splitlines()), 150)

    def test_the_first_configuration_passes_against_the_demo(self):
        demo = Demo()
        self.addCleanup(demo.stop)
        text = first_configuration().replace("127.0.0.1:8080", demo.url.removeprefix("http://"))
        text = text.replace("deploy/demo", str(SOURCE / "deploy" / "demo"))
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "first.yaml"
            file.write_text(text)
            code, out, errors = sonde("run", "--config.file", file)
        self.assertEqual(code, 0, out + errors)
        self.assertIn("4 probes: 4 passed", out)

    def test_reference_yaml_is_what_the_declarations_say(self):
        self.assertEqual((SOURCE / "config" / "reference.yaml").read_text(),
                         sonde("schema", "--reference")[1])

    def test_every_key_that_the_reader_takes_is_in_the_reference(self):
        table = sonde("schema", "--keys")[1]
        shown = {plain(key) for key in re.findall(r"^\| `([^`]+)`", table, re.M)}
        taken = {plain(key) for key in keys_in(json.loads(sonde("schema")[1]), "")}
        self.assertGreater(len(taken), 500)
        self.assertEqual(sorted(taken - shown), [])

    def test_the_table_of_reasons_is_what_the_binary_prints(self):
        marked = re.compile(r"<!-- reasons: begin -->\n(.*?)<!-- reasons: end -->", re.S)
        tables = [table for text in DOCUMENTS.values() for table in marked.findall(text)]
        self.assertEqual(tables, [sonde("schema", "--reasons")[1]])

    def test_the_page_of_the_daemon_lists_every_metric_that_there_is(self):
        listed = set(re.findall(r"`(sonde_\w+)`", DOCUMENTS["daemon/README.md"].split("## Metrics")[1]))
        families = {name for path in (SOURCE / "daemon" / "metrics").glob("*.cpp")
                    for name in re.findall(r'"(sonde_\w+)"', path.read_text())}
        self.assertEqual(listed, families)

    def test_the_page_of_the_daemon_lists_every_flag_of_serve(self):
        flags = set(re.findall(r"--web\.[\w.-]*\w", sonde("serve", "--help")[1]))
        listed = set(re.findall(r"^\| `(--web\.[\w.-]+)`", DOCUMENTS["daemon/README.md"], re.M))
        self.assertEqual(listed, flags)

    def test_help_names_every_command(self):
        code, out, _ = sonde("--help")
        self.assertEqual(code, 0)
        for command in ("serve", "run", "check", "explain", "test-alert", "backup",
                        "healthcheck", "status", "runs", "show", "schema", "rules", "completion", "help", "version"):
            self.assertIn(command, out)
        self.assertEqual(sonde("nonsense")[0], 64)
        self.assertEqual(sonde()[0], 64)


class Links(unittest.TestCase):
    """Where the documents point to: files, headings, and paths in the text."""

    @staticmethod
    def anchors(text):
        """The names that GitHub gives to the headings of a document."""
        headings = re.findall(r"^#+ (.*)$", prose(text), re.M)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}

    def test_every_link_leads_to_a_file_and_a_heading(self):
        found = 0
        for name, text in DOCUMENTS.items():
            for link in re.findall(r"\]\(([^)\s]+)\)", prose(text)):
                if re.match(r"https?://", link):
                    continue
                with self.subTest(name, link=link):
                    path, _, anchor = link.partition("#")
                    target = ((SOURCE / name).parent / path).resolve() if path else SOURCE / name
                    self.assertFalse(path.startswith("/"))
                    self.assertTrue(target.exists())
                    self.assertTrue(target.is_relative_to(SOURCE))
                    if anchor:
                        self.assertIn(anchor, self.anchors(target.read_text()))
                    found += 1
        self.assertGreaterEqual(found, 5)

    def test_every_path_in_the_text_exists(self):
        path = re.compile(r"`((?:%s)/[\w./-]*)[` ]" % "|".join(map(re.escape, FOLDERS)))
        for name, text in DOCUMENTS.items():
            for mentioned in path.findall(text):
                with self.subTest(name, path=mentioned):
                    self.assertTrue((SOURCE / mentioned).exists())


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

    def test_a_file_is_checked_where_its_secrets_are_not(self):
        example = SOURCE / "config" / "examples" / "fastapi.yaml"
        code, _, errors = sonde("check", "--config.file", example)
        self.assertEqual(code, 78, errors)
        code, said, errors = sonde("check", "--no-secrets", "--config.file", example)
        self.assertEqual(code, 0, errors)
        self.assertIn("good", said)
        self.assertRegex(errors, "(?m)^not read: (file|env|credential) ")


if __name__ == "__main__":
    unittest.main()
