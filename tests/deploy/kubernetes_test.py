"""The files for Kubernetes: rendered by kubectl, of the schemas of their kinds, and run as a pod would run them."""
import copy
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
from world import SONDE, SOURCE, Process, free_port, request, until  # noqa: E402

FILES = SOURCE / "deploy" / "kubernetes"
SITES = sorted((FILES / "overlays").iterdir())
PACKAGES = SOURCE / "tests" / "peers" / "node_modules"
KUBECTL = shutil.which("kubectl")


def render(folder):
    """The objects that `kubectl apply -k` would send."""
    done = subprocess.run([KUBECTL, "kustomize", folder], capture_output=True, text=True, timeout=120,
                          check=False)
    assert done.returncode == 0, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def one(objects, kind, name="sonde"):
    (found,) = [it for it in objects if it["kind"] == kind and re.sub("-[a-z0-9]{10}$", "", it["metadata"]["name"]) == name]
    return found


def container(objects):
    (found,) = one(objects, "StatefulSet")["spec"]["template"]["spec"]["containers"]
    return found


def environment(objects):
    return {entry["name"]: entry.get("value") for entry in container(objects)["env"]}


@unittest.skipUnless(KUBECTL, "needs kubectl (deploy/install-deps test)")
@unittest.skipUnless((PACKAGES / "kubernetes-models").is_dir(), "needs tests/peers/install")
class Schemas(unittest.TestCase):
    def findings(self, objects):
        """What the schemas and the types of the kinds say of them; empty if nothing."""
        text = ""
        for number, it in enumerate(objects):
            group = "kubernetes-models/" + it["apiVersion"]
            if it["apiVersion"].startswith("monitoring.coreos.com/"):
                group = "@kubernetes-models/prometheus-operator/" + it["apiVersion"]
            text += 'import type { I%s as Kind%d } from "%s";\nexport const object%d: Kind%d = %s;\n' % (
                it["kind"], number, group, number, number, json.dumps(it, indent=1))
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "node_modules").symlink_to(PACKAGES)
            (root / "package.json").write_text('{ "type": "module" }')
            (root / "objects.ts").write_text(text)
            shutil.copy(SOURCE / "tests" / "deploy" / "kubernetes_validate.mjs", root / "validate.mjs")
            said = ""
            for command, given in ((["node", "validate.mjs"], json.dumps(objects)), (
                    ["node", "node_modules/typescript/bin/tsc", "--strict", "--noEmit", "--skipLibCheck",
                     "--module", "nodenext", "--moduleResolution", "nodenext", "objects.ts"], None)):
                done = subprocess.run(command, input=given, cwd=root, capture_output=True, text=True,
                                      timeout=300, check=False)
                said += done.stdout + done.stderr
        return said

    def test_each_object_of_each_overlay_is_of_its_kind(self):
        for folder in (FILES / "base", FILES / "rules", *SITES):
            with self.subTest(folder.name):
                self.assertEqual(self.findings(render(folder)), "")

    def test_what_kubernetes_would_not_understand_is_noticed(self):
        objects = render(FILES / "base")
        for kind, change, said in (
                ("PodDisruptionBudget", lambda spec: spec.update(maxUnavailible=1), "maxUnavailible"),
                ("StatefulSet", lambda spec: spec.update(replicas="three"), "replicas"),
                ("StatefulSet", lambda spec: spec["template"]["spec"]["containers"][0]["livenessProbe"].update(
                    httpget={}), "httpget"),
                ("ServiceMonitor", lambda spec: spec["endpoints"][0].update(interval="15"), "interval"),
                ("NetworkPolicy", lambda spec: spec.update(policyTypes="Ingress"), "policyTypes")):
            with self.subTest(kind=kind, said=said):
                changed = copy.deepcopy(objects)
                change(one(changed, kind)["spec"])
                self.assertIn(said, self.findings(changed))


@unittest.skipUnless(KUBECTL, "needs kubectl (deploy/install-deps test)")
class Kubernetes(unittest.TestCase):
    def test_the_rules_are_those_of_the_binary_and_of_the_file_that_the_pods_get(self):
        made = subprocess.run([FILES / "make-rules"], check=True, capture_output=True, text=True, timeout=60,
                              env={**os.environ, "SONDE": str(SONDE)}).stdout
        self.assertEqual((FILES / "rules" / "prometheusrule.yaml").read_text(), made)
        (rule,) = render(FILES / "rules")
        direct = subprocess.run(
            [SONDE, "rules", "--no-secrets", "--location=location-a", "--config.file", FILES / "base" / "sonde.yaml",
             "--runbooks", "https://runbooks.example.com/sonde"],
            check=True, capture_output=True, text=True, timeout=60).stdout
        self.assertEqual(rule["spec"], yaml.safe_load(direct))

    def test_there_are_as_many_pods_as_shards(self):
        for folder in SITES:
            objects = render(folder)
            self.assertEqual(str(one(objects, "StatefulSet")["spec"]["replicas"]),
                             environment(objects)["SHARD_COUNT"], folder)

    def test_two_replicas_are_those_of_the_probes_not_of_the_pods(self):
        objects = render(FILES / "overlays" / "replicas-2")
        self.assertEqual(environment(objects)["SHARD_REPLICAS"], "2")
        self.assertEqual(environment(objects)["SHARD_COUNT"], "3")

    def test_the_location_of_the_daemons_is_the_label_of_their_metrics(self):
        named = {}
        for folder in SITES:
            objects = render(folder)
            self.assertEqual(one(objects, "ServiceMonitor")["spec"]["targetLabels"], ["location"])
            if folder.name.startswith("location-"):
                label = one(objects, "Service", "sonde-shards")["metadata"]["labels"]["location"]
                self.assertEqual(label, environment(objects)["LOCATION"], folder)
                named[folder.name] = label
        self.assertEqual(len(set(named.values())), len(named))

    def test_no_secret_is_in_the_files(self):
        for folder in (FILES / "base", *SITES):
            self.assertEqual([it for it in render(folder) if it["kind"] == "Secret"], [])

    def test_one_service_is_scraped(self):
        for folder in SITES:
            objects = render(folder)
            monitor = one(objects, "ServiceMonitor")["spec"]
            wanted = monitor["selector"]["matchLabels"].items()
            chosen = [it["metadata"]["name"] for it in objects
                      if it["kind"] == "Service" and wanted <= it["metadata"]["labels"].items()]
            self.assertEqual(chosen, ["sonde-shards"])
            # The rules look for this job.
            self.assertEqual(one(objects, "Service", "sonde-shards")["metadata"]["labels"][monitor["jobLabel"]], "sonde")

    def test_a_pod_starts_as_the_files_say_answers_its_probes_and_stops_in_time(self):
        for folder in SITES:
            with self.subTest(folder.name):
                self.run_pod(render(folder))

    def run_pod(self, objects):
        """Runs the second pod's command here, with what its volumes would hold."""
        spec = one(objects, "StatefulSet")["spec"]["template"]["spec"]
        pod = container(objects)
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            mounted = {}
            for mount in pod["volumeMounts"]:
                mounted[mount["mountPath"]] = root / mount["name"]
                mounted[mount["mountPath"]].mkdir()

            def here(text):
                for path, place in mounted.items():
                    text = text.replace(path, str(place))
                return text

            config = mounted["/etc/sonde"]
            for name, text in one(objects, "ConfigMap")["data"].items():
                (config / name).write_text(here(text))
            for name in re.findall(r"credential: ([\w-]+)", (config / "sonde.yaml").read_text()):
                secret = mounted["/run/credentials/sonde"] / name
                secret.write_text("never right\n")
                secret.chmod(0o400)
            given = {**environment(objects), "POD_NAME": "sonde-1"}
            port = free_port()
            arguments = [re.sub(r"\$\((\w+)\)", lambda name: given[name[1]], here(argument)).replace(
                "0.0.0.0:9811", "127.0.0.1:%d" % port) for argument in pod["args"]]
            daemon = Process(SONDE, *arguments, environment={
                "CREDENTIALS_DIRECTORY": here(given["CREDENTIALS_DIRECTORY"])})
            try:
                daemon.await_said('"address"')
                url = "http://127.0.0.1:%d" % port
                for name in ("startupProbe", "livenessProbe", "readinessProbe"):
                    until(lambda: request(url, pod[name]["httpGet"]["path"])[0] == 200)
                metrics = request(url, "/metrics")[2].decode()
                self.assertIn('sonde_shard_info{shard="1"} 1', metrics)
                self.assertIn("sonde_shards %s\n" % given["SHARD_COUNT"], metrics)
                self.assertIn("sonde_shard_replicas %s\n" % given["SHARD_REPLICAS"], metrics)
            finally:
                sleep = int(pod["lifecycle"]["preStop"]["exec"]["command"][1])
                daemon.stop(patience=spec["terminationGracePeriodSeconds"] - sleep)


if __name__ == "__main__":
    unittest.main()
