#!/usr/bin/env python3
"""validate.py SCHEMA FILE...: a line for each YAML file, "good" or "bad", as its schema judges it."""
import sys

import jsonschema
import yaml

with open(sys.argv[1], encoding="utf-8") as file:
    schema = yaml.safe_load(file)
validator = jsonschema.Draft202012Validator(schema)
validator.check_schema(schema)
for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        print("good" if validator.is_valid(yaml.safe_load(file)) else "bad")
