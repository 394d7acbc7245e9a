"""An account that is forgotten stays in all numbers, and cannot be found any more."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from statistics_app.history.activity import Activity, people_by_step
from statistics_app.history.event_rollup import roll_up_events
from statistics_app.models import Person
from statistics_app.models.step_query import DAY, midnight_of
from statistics_app.sources.loading import chat_source
from tests.factories import make_messages, make_room, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_forgetting_an_account_changes_no_number() -> None:
    now = timezone.now()
    anna, ben = make_user("anna"), make_user("ben")
    for author in (anna, ben):
        make_messages(make_room("c"), 1, author=author, sent_at=now)
    roll_up_events(chat_source(now), now)
    today = [midnight_of(now), midnight_of(now) + DAY]
    assert people_by_step(Activity.WROTE, today, "default") == [2]
    anna_key = anna.pk
    anna.delete()
    out = StringIO()
    call_command("forget_user", anna_key, stdout=out)
    assert "was forgotten" in out.getvalue()
    assert [person.account for person in Person.objects.exclude(account=None)] == [ben.pk]
    assert people_by_step(Activity.WROTE, today, "default") == [2]


def test_an_unknown_account_is_an_error() -> None:
    with pytest.raises(CommandError, match="knows no account with the key 'nobody'"):
        call_command("forget_user", "nobody")
