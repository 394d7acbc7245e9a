"""Schemathesis makes requests from the OpenAPI document, follows its links, and finds no answer that is not described."""

from collections.abc import Callable
from pathlib import Path

import pytest

from statistics_app.accounts.tokens import issue_personal_token
from tests.conftest import Person
from tests.services.programs import Programs

from . import passes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

HISTORY = ("statistics.history", "statistics.compare", "statistics.export")
READING = ("statistics", "statistics.post", "statistics.list", *HISTORY, "me", "info", "short.info", "schema")
TOKENS = (
    "login.post",
    "logout",
    "logout.post",
    "me",
    *(f"users.{deed}PersonalAccessToken.post" for deed in ("generate", "regenerate", "remove")),
)
LISTED = "users.getPersonalAccessTokens"
# So high that no test reaches them: every answer that is counted says so, and none is a refusal.
RATES = {f"STATISTICS_THROTTLE_{name}": "900000000/hour" for name in ("LOGIN", "READ", "REFRESH")}
MANY = 300
LONG = [pytest.mark.long, pytest.mark.timeout(3600)]

lengths = pytest.mark.parametrize("examples", [15, pytest.param(MANY, marks=LONG)], ids=["short", "long"])
Says = Callable[[str, object], None]


def require_described(outcome: passes.Outcome, operations: tuple[str, ...], examples: int) -> None:
    """See that every answer was as described, that each operation succeeded now and then, and that links were followed."""
    assert outcome.status == 0, outcome.output
    assert {outcome.phases[phase] for phase in ("coverage", "fuzzing", "stateful")} == {"success"}, outcome.output
    assert len(outcome.shares) == len(operations)
    assert not [name for name, (good, _) in outcome.shares.items() if not good]
    followed, links = outcome.links
    # A few examples do not come to all of them.
    assert followed == links if examples == MANY else followed, outcome.links


@lengths
def test_every_answer_to_a_reader_is_described(
    running: Programs, viewer: Person, tmp_path: Path, record_property: Says, examples: int
) -> None:
    assert viewer.user
    _, url = running.web(**RATES)
    operations = (*READING, LISTED)
    outcome = passes.run(
        "reading",
        url,
        tmp_path,
        operations=operations,
        examples=examples,
        seconds=3600,
        CONTRACT_USER_ID=viewer.user.pk,
        CONTRACT_TOKEN=issue_personal_token(viewer.user, "contract"),
    )
    record_property("say", outcome.table("Schemathesis, reading"))
    require_described(outcome, operations, examples)


@lengths
def test_every_answer_is_described_where_tokens_die(
    running: Programs, viewer: Person, member: Person, tmp_path: Path, record_property: Says, examples: int
) -> None:
    assert viewer.user
    assert member.user
    _, url = running.web(**RATES)
    operations = (*TOKENS, LISTED)
    outcome = passes.run(
        "tokens",
        url,
        tmp_path,
        operations=operations,
        examples=examples,
        seconds=3600,
        CONTRACT_USER_IDS=f"{viewer.user.pk} {member.user.pk}",
    )
    record_property("say", outcome.table("Schemathesis, tokens"))
    require_described(outcome, operations, examples)
