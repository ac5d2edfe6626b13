"""Writes schemas.json, by which scripts/deploy_test.go examines the manifests of deploy/: JSON Schemas of what Kubernetes takes.

They are made of the models of kubeflow-trainer-api from PyPI, which Kubeflow generates from the definitions of its own TrainJob, of JobSet
and of Kubernetes. Descriptions are left out, and a field that a model does not know is an error, as it is for kubectl --validate=strict.

    pip install kubeflow-trainer-api==2.3.0 && python make_schemas.py > schemas.json
"""

import json
import sys
from importlib.metadata import version

from kubeflow_trainer_api import models

KINDS = {
    "trainer.kubeflow.org/v1alpha1 TrainJob": models.TrainerV1alpha1TrainJob,
    "jobset.x-k8s.io/v1alpha2 JobSet": models.JobsetV1alpha2JobSet,
    "batch/v1 Job": models.IoK8sApiBatchV1Job,
}


# Models of what is a string or a number, which say so in code and not in their schema.
SCALARS = {
    "IoK8sApimachineryPkgApiResourceQuantity": {"type": ["string", "number"]},
    "IoK8sApimachineryPkgUtilIntstrIntOrString": {"type": ["string", "integer"]},
}


def strict(node):
    """Leaves out what is for people, and closes objects."""
    if isinstance(node, list):
        return [strict(x) for x in node]
    if not isinstance(node, dict):
        return node
    properties = node.get("properties")
    out = {k: strict(v) for k, v in node.items() if k not in ("description", "title", "default", "properties", "$defs")}
    if properties is not None:
        out["properties"] = {k: strict(v) for k, v in properties.items()}
        if properties:
            out["additionalProperties"] = False
    if "$defs" in node:
        out["$defs"] = {k: SCALARS.get(k) or strict(v) for k, v in node["$defs"].items()}
    return out


def main():
    schemas = {}
    for kind, model in KINDS.items():
        schema = strict(model.model_json_schema(by_alias=True))
        schema["required"] = sorted({"apiVersion", "kind", "metadata", "spec"} | set(schema.get("required", [])))
        schemas[kind] = schema
    json.dump({"made_with": "kubeflow-trainer-api " + version("kubeflow-trainer-api"), "schemas": schemas}, sys.stdout, sort_keys=True, separators=(",", ":"))
    print()


main()
