"""The catalogue of statistics: complete, consistent, and answerable."""

import inspect
from collections import Counter

import pytest

from statistics_app.catalogue.statistic import AnsweredBy, Statistic, Unit
from statistics_app.catalogue.statistics import BY_KEY, CATALOGUE, questions
from statistics_app.models.snapshot import HEADLINES
from statistics_app.sources.base import ChatSource

NOT_NUMBERS = {Unit.TEXT, Unit.TIME, Unit.OBJECT}


def test_every_key_occurs_once() -> None:
    assert [key for key, number in Counter(line.key for line in CATALOGUE).items() if number > 1] == []
    assert list(BY_KEY) == [line.key for line in CATALOGUE]
    assert all(BY_KEY[line.key] is line for line in CATALOGUE)


@pytest.mark.parametrize("question", questions(AnsweredBy.CHAT))
def test_every_question_to_the_chat_is_a_method_without_parameters(question: str) -> None:
    method = inspect.getattr_static(ChatSource, question)
    assert inspect.isfunction(method)
    assert list(inspect.signature(method).parameters) == ["self"]
    assert method.__doc__


def test_every_question_of_a_source_is_asked() -> None:
    # Questions about individual rooms and accounts, and about the times of events, are asked by pages and the history.
    elsewhere = {"top_rooms", "room_use", "events", "event_kinds", "first_event", "untimed_rows"}
    elsewhere |= {"active_accounts", "seen_accounts", "account_types", "account_names"}
    elsewhere |= {"room_messages", "room_labels", "room_files"}
    others = {"me", "app_labels", "check", "check_stored", "reported_statistics", *elsewhere}
    public = {name for name in vars(ChatSource) if not name.startswith("_") and callable(getattr(ChatSource, name))}
    assert public - others == set(questions(AnsweredBy.CHAT))


@pytest.mark.parametrize("answered_by", AnsweredBy)
def test_a_question_is_asked_once(answered_by: AnsweredBy) -> None:
    assert questions(answered_by)
    assert len(set(questions(answered_by))) == len(questions(answered_by))
    assert set(questions(answered_by)) == {
        question for line in CATALOGUE if line.answered_by is answered_by for question in line.questions
    }


@pytest.mark.parametrize("line", CATALOGUE, ids=lambda line: line.key)
def test_every_statistic_has_a_label_and_a_definition(line: Statistic) -> None:
    assert line.label == line.label.strip() != ""
    assert line.definition.endswith(".")
    assert line.definition[0].isupper()
    assert callable(line.measure)


@pytest.mark.parametrize("line", CATALOGUE, ids=lambda line: line.key)
def test_only_numbers_are_charted(line: Statistic) -> None:
    assert line.charted is (line.unit not in NOT_NUMBERS)


@pytest.mark.parametrize(("one", "other"), [("totlalLivechat", "totalLivechat"), ("createdAt", "_updatedAt")])
def test_two_keys_of_the_same_value_agree(one: str, other: str) -> None:
    first, second = BY_KEY[one], BY_KEY[other]
    assert (first.answered_by, first.question, first.measure, first.unit) == (
        second.answered_by,
        second.question,
        second.measure,
        second.unit,
    )


def test_every_headline_is_a_charted_statistic() -> None:
    assert {key for key in HEADLINES.values() if not BY_KEY[key].charted} == set()
