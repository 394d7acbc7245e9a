"""The base class of sources: without an answer, or with one."""

import inspect
from typing import Any

import pytest
from django.contrib.auth.models import User as PlainUser

from statistics_app.catalogue.statistic import AnsweredBy
from statistics_app.catalogue.statistics import CATALOGUE, questions
from statistics_app.exceptions import NotAnswered
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statistics_app.sources.base import ChatSource, RoomKind
from tests.factories import NOON


class OneAnswer(ChatSource):
    """A source that answers the question about rooms only."""

    def rooms(self) -> dict[RoomKind, int]:
        return {RoomKind.CHANNEL: 4, RoomKind.DIRECT: 3}


@pytest.mark.parametrize("question", questions(AnsweredBy.CHAT))
def test_an_unanswered_question_is_reported_in_a_sentence(question: str) -> None:
    with pytest.raises(NotAnswered, match=r"^This workspace's source provides no data about [a-z ]+\.$"):
        getattr(ChatSource(NOON), question)()


def test_no_question_is_abstract() -> None:
    assert not inspect.isabstract(ChatSource)
    assert ChatSource.check() == []
    assert ChatSource.app_labels() == set()


def test_every_question_has_its_own_reason() -> None:
    reasons = set()
    for question in questions(AnsweredBy.CHAT):
        with pytest.raises(NotAnswered) as caught:
            getattr(ChatSource(NOON), question)()
        reasons.add(str(caught.value))
    assert len(reasons) == len(questions(AnsweredBy.CHAT))


@pytest.mark.django_db
def test_a_source_with_one_answer_gives_a_snapshot_with_the_answer_and_reasons(settings: Any) -> None:
    settings.STATISTICS = {**settings.STATISTICS, "SOURCE": f"{__name__}.OneAnswer"}
    snapshot = generation.generate(Origin.COMMAND)
    document = snapshot.document
    assert [document[key] for key in ("totalRooms", "totalChannels", "totalDirect", "totalLivechat")] == [7, 4, 3, 0]
    others = {each.key for each in CATALOGUE if each.answered_by is AnsweredBy.CHAT and each.question != "rooms"}
    assert set(snapshot.problems) == others
    assert {document[key] for key in others} == {None}


def test_djangos_plain_user_is_described() -> None:
    user = PlainUser(pk=7, username="ada", email="ada@chat.example", first_name="Ada", last_name="L.", password="secret-hash")
    assert ChatSource(NOON).me(user) == {
        "_id": "7",
        "username": "ada",
        "name": "Ada L.",
        "active": True,
        "roles": ["user"],
        "emails": [{"address": "ada@chat.example", "verified": False}],
        "email": "ada@chat.example",
        "status": "offline",
        "statusConnection": "offline",
    }


def test_a_user_with_nothing_but_a_name_is_described() -> None:
    described = ChatSource(NOON).me(PlainUser(pk=8, username="bob", is_superuser=True, is_active=False))
    assert (described["name"], described["email"], described["emails"]) == ("bob", "", [])
    assert (described["roles"], described["active"]) == (["admin", "user"], False)
