"""Holds answers against an OpenAPI document: openapi.py DOCUMENT ANSWERS. Prints what differs, one line each."""
import json
import sys

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

document = json.load(open(sys.argv[1]))
wrong = [f"document: {error.message} at {list(error.path)}" for error in OpenAPIV31SpecValidator(document).iter_errors()]

for answer in json.load(open(sys.argv[2])):
    responses = document["paths"][answer["route"]][answer["method"]]["responses"]
    response = responses.get(str(answer["status"]))
    if response is None:
        wrong.append(f"{answer['target']}: {answer['status']} is not in the document")
        continue
    content = response.get("content")
    if content is None:
        if answer["body"]:
            wrong.append(f"{answer['target']}: {answer['status']} has a body that the document does not know")
        continue
    media = answer["type"].split(";")[0]
    if media not in content:
        wrong.append(f"{answer['target']}: {answer['status']} is {media}, the document knows {list(content)}")
        continue
    if media != "application/json":
        continue
    schema = {**content[media]["schema"], "components": document["components"]}
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    for error in validator.iter_errors(json.loads(answer["body"])):
        wrong.append(f"{answer['target']}: {error.message[:200]} at {list(error.absolute_path)}")

print("\n".join(wrong[:40]))
sys.exit(1 if wrong else 0)
