"""The audits of the running counts in the admin: to be read, by those who may see statistics."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from statistics_app.models import TallyAudit
from tests.chatter import NOON
from tests.conftest import Person

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LIST = "/admin/statistics_app/tallyaudit/"
FINDING = {"count": "messages", "key": "room <b> (c) messages", "expected": 12, "found": 7}


def store(days: int = 0, *findings: dict[str, Any]) -> TallyAudit:
    return TallyAudit.objects.create(
        began_at=NOON + timedelta(days=days),
        took_ms=1200,
        counts=["users", "messages"],
        differences=len(findings),
        findings=[*findings],
        repaired=bool(findings),
    )


def browser_of(person: Person) -> Client:
    if person.user:
        person.user.is_staff = True
        person.user.save()
    return person.browser()


def test_the_list_shows_the_newest_first_and_can_be_narrowed(admin_person: Person) -> None:
    right, wrong = store(0), store(1, FINDING)
    browser = browser_of(admin_person)

    def shown(**chosen: str) -> list[TallyAudit]:
        return list(browser.get(LIST, chosen).context["cl"].result_list)

    assert shown() == [wrong, right]
    assert (shown(differences="yes"), shown(differences="no")) == ([wrong], [right])
    assert "1200 ms" in browser.get(LIST).content.decode()


def test_an_audit_tells_what_differed_and_keeps_its_markup_to_itself(viewer: Person) -> None:
    page = browser_of(viewer).get(f"{LIST}{store(0, FINDING).pk}/change/").content.decode()
    assert "messages, room &lt;b&gt; (c) messages: 7, not 12" in page
    assert "users, messages" in page


def test_an_audit_is_not_made_changed_or_removed_by_hand(admin_person: Person) -> None:
    browser, kept = browser_of(admin_person), store(0, FINDING)
    assert browser.get(f"{LIST}add/").status_code == 403
    assert browser.post(f"{LIST}{kept.pk}/change/", {"differences": 0}).status_code == 403
    assert browser.post(f"{LIST}{kept.pk}/delete/", {"post": "yes"}).status_code == 403
    assert TallyAudit.objects.get() == kept


def test_who_may_not_see_statistics_sees_no_audit(member: Person, stranger: Person) -> None:
    store()
    assert browser_of(member).get(LIST).status_code == 403
    assert browser_of(stranger).get(LIST).status_code == 302
