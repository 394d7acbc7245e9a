"""Additional checks for Schemathesis: assertions about the wire contract, and statistics of the responses.

Schemathesis loads this module in its own process.
"""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, Response

FILE_FORMATS = {"csv", "jsonl", "openmetrics"}


@schemathesis.check
def content_type_is_json_without_a_charset(ctx: CheckContext, response: Response, case: Case) -> None:
    """Assert that the content type is exactly JSON, except where a file format was requested."""
    if response.status_code == 200 and (case.query or {}).get("format") in FILE_FORMATS:
        return
    assert response.headers["content-type"] == ["application/json"], response.headers["content-type"]


@schemathesis.check
def responses_are_not_cached(ctx: CheckContext, response: Response, case: Case) -> None:
    """Assert the `Cache-Control` header, which every response has; one with an `ETag` may be kept, and asked for again."""
    expected = "private, no-cache" if "etag" in response.headers else "no-store"
    assert response.headers["cache-control"] == [expected], response.headers.get("cache-control")


@schemathesis.check
def a_wrong_method_has_the_body_of_the_contract(ctx: CheckContext, response: Response, case: Case) -> None:
    """Assert the body of a 405, which an OpenAPI document cannot describe."""
    if response.status_code == 405:
        assert list(response.json()) == ["status", "message", "success", "error"], response.text


@schemathesis.check
class ResponseCounts:
    """Counts the responses of each operation by status, and writes the counts to a file at the end."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {}

    def after_response(self, ctx: CheckContext, response: Response, case: Case) -> None:
        """Count a response if the request had the operation's own method."""
        if response.request.method == case.operation.method.upper():
            self.counts.setdefault(case.operation.label, Counter())[str(response.status_code)] += 1

    def after_run(self, ctx: Any) -> None:
        """Write the counts as JSON."""
        Path(os.environ["CONTRACT_RESPONSE_COUNTS"]).write_text(json.dumps(self.counts))
