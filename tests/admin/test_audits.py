"""The audits of the running counts in the admin: read-only, for users with the permission to view statistics."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from statistics_app.models import TallyAudit
from tests.conftest import Person
from tests.factories import NOON

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


def test_the_list_shows_the_newest_first_and_can_be_filtered(admin_person: Person) -> None:
    correct, wrong = store(0), store(1, FINDING)
    browser = browser_of(admin_person)

    def listed(**filters: str) -> list[TallyAudit]:
        return list(browser.get(LIST, filters).context["cl"].result_list)

    assert listed() == [wrong, correct]
    assert (listed(differences="yes"), listed(differences="no")) == ([wrong], [correct])
    assert "1,200\xa0ms" in browser.get(LIST).content.decode()


def test_an_audit_shows_its_findings_escaped(viewer: Person) -> None:
    page = browser_of(viewer).get(f"{LIST}{store(0, FINDING).pk}/change/").content.decode()
    assert "messages, room &lt;b&gt; (c) messages: 7 instead of 12" in page
    assert "users, messages" in page


def test_audits_cannot_be_added_changed_or_deleted(admin_person: Person) -> None:
    browser, audit = browser_of(admin_person), store(0, FINDING)
    assert browser.get(f"{LIST}add/").status_code == 403
    assert browser.post(f"{LIST}{audit.pk}/change/", {"differences": 0}).status_code == 403
    assert browser.post(f"{LIST}{audit.pk}/delete/", {"post": "yes"}).status_code == 403
    assert TallyAudit.objects.get() == audit


def test_audits_require_the_permission_to_view_statistics(member: Person, stranger: Person) -> None:
    store()
    assert browser_of(member).get(LIST).status_code == 403
    assert browser_of(stranger).get(LIST).status_code == 302
