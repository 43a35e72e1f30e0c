"""Fails on a Grafana dashboard that breaks the rules of Grafana's own dashboard-linter.

Its rules, written anew, for Go is not needed here. A file .lint beside the dashboards excuses panels,
each with a reason. Usage: dashboards.py FILE...
"""
import json
import re
import sys
from pathlib import Path

import yaml

VALUE_TYPES = {"stat", "gauge", "timeseries", "barchart", "bargauge", "histogram"}
COUNTER = re.compile(r"\b\w+_(?:total|count|sum|bucket)\b")
RATE = re.compile(r"\b(?:rate|irate|increase)\s*\(")


def panels_of(board):
    for panel in board["panels"]:
        if panel["type"] != "row":
            yield panel
        yield from (inner for inner in panel.get("panels", []))


def variable(board, name):
    return next((one for one in board["templating"]["list"] if one["name"] == name), None)


def board_rules(board):
    if not board.get("uid") or len(board["uid"]) > 40 or board.get("id") is not None:
        yield "uid-rule", "needs a stable uid of at most 40 characters, and no id"
    if board.get("editable") is not False:
        yield "uneditable-dashboard", "has to be 'editable': false"
    sources = [one for one in board["templating"]["list"] if one["type"] == "datasource"]
    if [one["name"] for one in sources] != ["datasource"] or sources[0]["query"] != "prometheus":
        yield "template-datasource-rule", "needs one data source variable, 'datasource', of prometheus"
    elif sources[0]["label"] != "Data Source":
        yield "template-datasource-rule", "the variable 'datasource' has to be labelled 'Data Source'"
    for one in board["templating"]["list"]:
        if one["type"] == "query" and one.get("refresh") != 2:
            yield "template-on-time-change-reload-rule", "variable '%s': refresh has to be 2" % one["name"]
        if one["type"] == "query" and one["datasource"]["uid"] not in ("$datasource", "${datasource}"):
            yield "template-datasource-rule", "variable '%s' has to use $datasource" % one["name"]
    for name in ("job", "instance", "target"):
        one = variable(board, name)
        if one is None:
            yield "template-%s-rule" % name, "needs a variable '%s'" % name
        elif (one["type"], one["label"], one["multi"], one["allValue"]) != ("query", name, True, ".+"):
            yield "template-%s-rule" % name, "has to be a query, labelled '%s', multi, with allValue .+" % name
    ids = [panel["id"] for panel in board["panels"]]
    if len(set(ids)) != len(ids):
        yield "panel-id-rule", "two panels have one id"


def panel_rules(panel):
    if not panel.get("title") or not panel.get("description"):
        yield "panel-title-description-rule", "needs title and description"
    if panel.get("datasource", {}).get("uid") not in ("$datasource", "${datasource}"):
        yield "panel-datasource-rule", "has to use $datasource"
    defaults = panel["fieldConfig"]["defaults"]
    if panel["type"] in VALUE_TYPES and not defaults.get("unit") and not defaults.get("mappings"):
        yield "panel-units-rule", "needs a unit or value mappings"
    if not panel.get("targets"):
        yield "panel-no-targets-rule", "asks nothing"
    references = [target["refId"] for target in panel.get("targets", [])]
    if len(set(references)) != len(references):
        yield "target-ref-rule", "two targets have one refId"
    for target in panel.get("targets", []):
        yield from target_rules(target["expr"])


def closing(text, start):
    depth = 0
    for at in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return len(text)


def target_rules(expr):
    selectors = re.findall(r"\b[a-zA-Z_]\w*\{([^}]*)\}", expr)
    for label in ("job", "instance"):
        if not all('%s=~"$%s"' % (label, label) in one for one in selectors) or not selectors:
            yield "target-%s-rule" % label, 'every selector needs %s=~"$%s": %s' % (label, label, expr)
    rated = [(found.end() - 1, closing(expr, found.end() - 1)) for found in RATE.finditer(expr)]
    for begin, end in rated:
        if "[$__rate_interval]" not in expr[begin:end]:
            yield "target-rate-interval-rule", "rate and increase take [$__rate_interval]: " + expr
    for found in COUNTER.finditer(re.sub(r"\{[^}]*\}", lambda one: " " * len(one[0]), expr)):
        if not any(begin < found.start() < end for begin, end in rated):
            yield "target-counter-agg-rule", "%s without rate or increase: %s" % (found[0], expr)


def excuses(path):
    file = path.parent / ".lint"
    rules = yaml.safe_load(file.read_text())["exclusions"] if file.exists() else {}
    return {(rule, entry["panel"]) for rule, one in rules.items() for entry in one["entries"]
            if one["reason"] and entry["dashboard"] == path.stem}


def findings(path):
    board = json.loads(path.read_text())
    for rule, what in board_rules(board):
        yield "%s: %s: %s" % (path, rule, what)
    used, excused = set(), excuses(path)
    for panel in panels_of(board):
        for rule, what in panel_rules(panel):
            used.add((rule, panel["title"]))
            if (rule, panel["title"]) not in excused:
                yield "%s: '%s': %s: %s" % (path, panel["title"], rule, what)
    for rule, title in sorted(excused - used):
        yield "%s: '%s' needs no excuse from %s" % (path, title, rule)


if __name__ == "__main__":
    wrong = [line for name in sys.argv[1:] for line in findings(Path(name))]
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)
