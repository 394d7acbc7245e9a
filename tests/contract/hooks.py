"""What Schemathesis does beside its own checks: it holds the answers against the contract, and counts them.

Schemathesis loads this in a process of its own.
"""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, Response

FILES = {"csv", "jsonl", "openmetrics"}


@schemathesis.check
def content_type_is_json_without_a_charset(ctx: CheckContext, response: Response, case: Case) -> None:
    """Be stricter than media types are; where a format was chosen the answer is a file."""
    if response.status_code == 200 and (case.query or {}).get("format") in FILES:
        return
    assert response.headers["content-type"] == ["application/json"], response.headers["content-type"]


@schemathesis.check
def no_cache_keeps_an_answer(ctx: CheckContext, response: Response, case: Case) -> None:
    """Look for the one header that every answer bears."""
    assert response.headers["cache-control"] == ["no-store"], response.headers.get("cache-control")


@schemathesis.check
def a_wrong_method_has_its_own_body(ctx: CheckContext, response: Response, case: Case) -> None:
    """Look at answers that no OpenAPI document can describe."""
    if response.status_code == 405:
        assert list(response.json()) == ["status", "message", "success", "error"], response.text


@schemathesis.check
class Answers:
    """Counts the answers of each operation, and writes the counts down at the end."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {}

    def after_response(self, ctx: CheckContext, response: Response, case: Case) -> None:
        """Count an answer to a request with the operation's own method."""
        if response.request.method == case.operation.method.upper():
            self.counts.setdefault(case.operation.label, Counter())[str(response.status_code)] += 1

    def after_run(self, ctx: Any) -> None:
        """Write them down."""
        Path(os.environ["CONTRACT_ANSWERS"]).write_text(json.dumps(self.counts))
