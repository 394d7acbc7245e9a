"""Texts for people: phrases that were replaced by plain ones are in no template, script or message."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.services.programs import ROOT

APP = ROOT / "statistics_app"
REPLACED = re.compile(
    r"times are (those of|in the time zone)"
    r"|by the (day|hour|week|month|quarter|year)\b(?! of)"
    r"|is not over"
    r"|nothing is known of this"
    r"|cannot be shown"
    r"|is not possible"
    r"|(mend|correct) it there"
    r"|stands for it"
    r"|[”\"}] is (made|created|revoked)"
    r"|opens nothing"
    r"|(good|valid) through"
    r"|last part"
    r"|make token"
    r"|you may not see"
    r"|(do not|not) have access to the statistics"
    r"|something failed"
    r"|(accounts|rooms) that were made"
    r"|, with \{\{",
    re.IGNORECASE,
)


def test_no_text_has_a_phrase_that_was_replaced() -> None:
    found = {f"{path.relative_to(ROOT)}: {match[0]}" for path, text in texts() for match in REPLACED.finditer(text)}
    assert found == set()


def texts() -> Iterator[tuple[Path, str]]:
    """Yield the text of each template and script, and each string of the code that is no docstring."""
    for path in [*(ROOT / "templates" / "statistics_app").rglob("*.html"), *APP.glob("static/statistics_app/*.js")]:
        yield path, path.read_text()
    for path in APP.rglob("*.py"):
        for text in strings(ast.parse(path.read_text())):
            yield path, text


def strings(tree: ast.AST) -> Iterator[str]:
    """Yield the constant strings of a module, except those that are statements by themselves."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
