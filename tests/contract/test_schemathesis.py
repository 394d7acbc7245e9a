"""Schemathesis generates requests from the OpenAPI document, follows its links, and finds no undescribed response."""

from collections.abc import Callable
from pathlib import Path

import pytest

from statistics_app.accounts.tokens import issue_personal_token
from tests.conftest import Person
from tests.services.programs import Programs

from . import schemathesis_run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

HISTORY = ("statistics.history", "statistics.compare", "statistics.export")
READ_OPERATIONS = ("statistics", "statistics.post", "statistics.list", *HISTORY, "me", "info", "short.info", "schema")
TOKEN_OPERATIONS = (
    "login.post",
    "logout",
    "logout.post",
    "me",
    *(f"users.{verb}PersonalAccessToken.post" for verb in ("generate", "regenerate", "remove")),
)
LIST_TOKENS = "users.getPersonalAccessTokens"
# High enough that no test reaches them, so that responses have the rate limit headers and none is a 429.
RATES = {f"STATISTICS_THROTTLE_{name}": "900000000/hour" for name in ("LOGIN", "READ", "REFRESH")}
MANY = 300
LONG = [pytest.mark.long, pytest.mark.timeout(3600)]

lengths = pytest.mark.parametrize("examples", [15, pytest.param(MANY, marks=LONG)], ids=["short", "long"])
RecordProperty = Callable[[str, object], None]


def require_described(outcome: schemathesis_run.Outcome, operations: tuple[str, ...], examples: int) -> None:
    """Assert that all responses were as described, that each operation succeeded at least once, and links were followed."""
    assert outcome.status == 0, outcome.output
    assert {outcome.phases[phase] for phase in ("coverage", "fuzzing", "stateful")} == {"success"}, outcome.output
    assert len(outcome.success_counts) == len(operations)
    assert not [name for name, (good, _) in outcome.success_counts.items() if not good]
    followed, links = outcome.links
    # A short run does not follow all of them.
    assert followed == links if examples == MANY else followed, outcome.links


@lengths
def test_every_response_to_reads_is_described(
    running: Programs, viewer: Person, tmp_path: Path, record_property: RecordProperty, examples: int
) -> None:
    assert viewer.user
    _, url = running.web(**RATES)
    operations = (*READ_OPERATIONS, LIST_TOKENS)
    outcome = schemathesis_run.run(
        "reading",
        url,
        tmp_path,
        operations=operations,
        examples=examples,
        seconds=3600,
        CONTRACT_USER_ID=viewer.user.pk,
        CONTRACT_TOKEN=issue_personal_token(viewer.user, "contract"),
    )
    record_property("message", outcome.table("Schemathesis, reading"))
    require_described(outcome, operations, examples)


@lengths
def test_every_response_is_described_when_tokens_are_revoked(
    running: Programs, viewer: Person, member: Person, tmp_path: Path, record_property: RecordProperty, examples: int
) -> None:
    assert viewer.user
    assert member.user
    _, url = running.web(**RATES)
    operations = (*TOKEN_OPERATIONS, LIST_TOKENS)
    outcome = schemathesis_run.run(
        "tokens",
        url,
        tmp_path,
        operations=operations,
        examples=examples,
        seconds=3600,
        CONTRACT_USER_IDS=f"{viewer.user.pk} {member.user.pk}",
    )
    record_property("message", outcome.table("Schemathesis, tokens"))
    require_described(outcome, operations, examples)
