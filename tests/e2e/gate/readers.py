"""Readers of what a gate writes: each format by a program of its own kind, or by the rules of who reads it."""

import json
import pathlib
import re
import subprocess
import xml.etree.ElementTree

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "data" / "junit" / "junit.xsd"


def junit(path):
    """Valid by the schema, cases unique; returns {name: (kind or None, message, content)} and the properties."""
    checked = subprocess.run(["xmllint", "--noout", "--schema", SCHEMA, path], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    suite = xml.etree.ElementTree.parse(path).getroot().find("testsuite")
    cases, seen = {}, set()
    for case in suite.findall("testcase"):
        key = (case.get("classname"), case.get("name"))
        assert key not in seen, key
        seen.add(key)
        inside = list(case)
        kind = inside[0].tag if inside else None
        cases[case.get("name")] = (kind, inside[0].get("message") if inside else "",
                                   (inside[0].text or "") if inside else "")
    for total, kind in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]:
        assert int(suite.get(total)) == sum(1 for k, _, _ in cases.values() if k == kind), total
    assert int(suite.get("tests")) == len(cases)
    return cases, {p.get("name"): p.get("value") for p in suite.find("properties")}


ALLOWED_TAGS = {"h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "blockquote", "strong",
                "hr", "br"}


def markdown(text):
    """Rendered as GitHub does: only the elements that we write, every row as wide as its table. Returns the HTML."""
    rendered = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "strikethrough", "-e", "tagfilter"],
                              input=text.encode(), capture_output=True, check=True).stdout.decode("utf-8")
    tree = xml.etree.ElementTree.fromstring(
        "<r>" + rendered.replace("&quot;", '"').replace("<br>", "<br/>").replace("<hr>", "<hr/>") + "</r>")
    for element in tree.iter():
        assert element.tag in ALLOWED_TAGS | {"r"}, f"{element.tag}: {rendered}"
    for table in tree.iter("table"):
        widths = {len(list(row)) for row in table.iter("tr")}
        assert len(widths) == 1, (widths, rendered)
    return rendered


def no_foreign_commands(text):
    """GitHub's runner finds "::" at a trimmed line's beginning and "##[" anywhere."""
    for line in re.split(r"\r\n|\r|\n", text):
        assert not line.lstrip().startswith("::"), line
        assert "##[" not in line, line


def annotations(text):
    """As the runner reads them: [(kind, title, message)]. Nothing else may stand between them."""
    found = []
    for line in text.split("\n")[:-1]:
        read = re.fullmatch(r"::(error|warning|notice) title=([^:,]*)::(.*)", line)
        assert read, line
        assert "\r" not in line and "\x1b" not in line and "\0" not in line, line
        title = read.group(2)
        for code, char in [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]:
            title = title.replace(code, char)
        message = read.group(3)
        for code, char in [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]:
            message = message.replace(code, char)
        found.append((read.group(1), title, message))
    return found


def ndjson(text):
    lines = [json.loads(line) for line in text.split("\n")[:-1]]
    assert [line["event"] for line in lines] == ["round"] * (len(lines) - 1) + ["report"]
    return lines


def gitlab(text):
    """As a GitLab job's log: sections that nest, begin once and end once; no other escape sequence."""
    marks = re.findall(r"\x1b\[0Ksection_(start|end):(\d+):([\w.-]+)(?:\[[a-z=,]+\])?\r\x1b\[0K", text)
    assert [(mark, name) for mark, _, name in marks] == [("start", "davy_report"), ("end", "davy_report")], marks
    assert text.count("\x1b") == 4 and text.count("\r") == 2
    return text


def assignments(text):
    """dotenv and GITHUB_OUTPUT: KEY=VALUE lines and nothing else."""
    values = {}
    for line in text.split("\n")[:-1]:
        read = re.fullmatch(r"([A-Za-z_]+)=(.*)", line)
        assert read, line
        values[read.group(1)] = read.group(2)
    return values
