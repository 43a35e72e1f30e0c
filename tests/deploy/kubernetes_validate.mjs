// Checks objects of Kubernetes against the schemas of their kinds. Reads a list of them as JSON, prints each mistake
// as "KIND NAME: PATH says what", and exits with 1 if there is one.
import * as core from "kubernetes-models/v1";
import * as apps from "kubernetes-models/apps/v1";
import * as networking from "kubernetes-models/networking.k8s.io/v1";
import * as policy from "kubernetes-models/policy/v1";
import * as monitoring from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";

const kinds = {
  "v1": core,
  "apps/v1": apps,
  "networking.k8s.io/v1": networking,
  "policy/v1": policy,
  "monitoring.coreos.com/v1": monitoring,
};

let text = "";
for await (const part of process.stdin) text += part;
let mistakes = 0;
for (const object of JSON.parse(text)) {
  const what = `${object.kind} ${object.metadata?.name}`;
  try {
    const Kind = kinds[object.apiVersion]?.[object.kind];
    if (Kind === undefined) throw new Error(`there is no ${object.kind} in ${object.apiVersion}`);
    new Kind(object).validate();
  } catch (error) {
    console.log(`${what}: ${error.message}`);
    ++mistakes;
  }
}
process.exit(mistakes === 0 ? 0 : 1);
