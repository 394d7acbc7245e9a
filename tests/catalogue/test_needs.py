"""The declarations listed in a statistic's `needs` are sufficient and necessary for a `MappedSource` to answer it."""

from dataclasses import fields, replace
from typing import Any

import pytest
from django.utils import timezone

from statistics_app.catalogue.statistic import AnsweredBy, Statistic
from statistics_app.catalogue.statistics import CATALOGUE
from statistics_app.exceptions import NotAnswered
from statistics_app.sources.mapped import MappedSource
from statsproject.chat.models import Message, Room, User
from statsproject.chat.statistics_source import WorkspaceSource

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

OF_THE_CHAT = [statistic for statistic in CATALOGUE if statistic.answered_by is AnsweredBy.CHAT]


def declaring(needs: set[str]) -> type[MappedSource]:
    """Return a source with only the given declarations of the workspace's tables."""
    tables: dict[str, Any] = {}
    for name in {path.partition(".")[0] for path in needs}:
        table = getattr(WorkspaceSource, name)
        optional = {field.name for field in fields(table) if field.default is None}
        left_out = optional - {path.partition(".")[2] for path in needs if path.startswith(f"{name}.")}
        tables[name] = replace(table, **dict.fromkeys(left_out))
    return type("Declaring", (MappedSource,), tables)


def value(statistic: Statistic, needs: set[str]) -> Any:
    return statistic.measure(getattr(declaring(needs)(timezone.now()), statistic.question)())


@pytest.fixture(autouse=True)
def chat(db: None) -> None:
    user = User.objects.create_user("ada", last_login=timezone.now())
    room = Room.objects.create(type="c", name="all", created_at=timezone.now())
    Message.objects.create(room=room, author=user, sent_at=timezone.now())
    user.subscriptions.create(room=room, last_seen_at=timezone.now())


@pytest.mark.parametrize("statistic", OF_THE_CHAT, ids=lambda statistic: statistic.key)
def test_its_needs_are_enough(statistic: Statistic) -> None:
    assert value(statistic, set(statistic.needs)) is not None


@pytest.mark.parametrize("statistic", OF_THE_CHAT, ids=lambda statistic: statistic.key)
def test_each_of_its_needs_is_needed(statistic: Statistic) -> None:
    assert statistic.needs
    for left_out in statistic.needs:
        needs = {path for path in statistic.needs if path != left_out and not path.startswith(f"{left_out}.")}
        with pytest.raises(NotAnswered):
            value(statistic, needs)
