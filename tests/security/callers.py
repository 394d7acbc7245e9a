"""Everyone who may call a URL: each kind of person, with each kind of credential, valid or not."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, StrEnum

from django.contrib.auth.models import Group
from django.utils import timezone

from statistics_app.accounts import displays, tokens
from statistics_app.accounts.viewers_group import NAME
from statistics_app.models import AccessToken
from tests.conftest import Person, make_person

ELSEWHERE = "203.0.113.7"


class Role(StrEnum):
    """What a person may do; ANALYST is a viewer who is staff as well."""

    NOBODY = "nobody"
    MEMBER = "member"
    VIEWER = "viewer"
    STAFF = "staff"
    ANALYST = "analyst"
    SUPERUSER = "superuser"


class Credential(Enum):
    """How a request says whose it is."""

    NONE = "without credentials"
    SESSION = "session"
    TOKEN = "token"
    BEARER = "bearer token"
    BASIC = "basic authentication"
    DISPLAY = "display"


@dataclass(frozen=True)
class Caller:
    """A caller; `role` is what the credentials stand for where they are accepted: NOBODY if they are not valid."""

    name: str
    role: Role
    credential: Credential
    headers: dict[str, str] = field(default_factory=dict)
    session: str = ""
    display: str = ""
    address: str = "127.0.0.1"


def every_caller() -> list[Caller]:
    """Create the accounts and their credentials, and return all callers."""
    people = {role: _person(role) for role in Role if role is not Role.NOBODY}
    return [
        Caller("nobody", Role.NOBODY, Credential.NONE),
        Caller("nobody, from elsewhere", Role.NOBODY, Credential.NONE, address=ELSEWHERE),
        *(Caller(f"{role}'s session", role, Credential.SESSION, session=_session(who)) for role, who in people.items()),
        *(Caller(f"{role}'s token", role, Credential.TOKEN, who.headers) for role, who in people.items()),
        *(Caller(f"{role}'s display", role, Credential.DISPLAY, display=_display(who)) for role, who in people.items()),
        *_other_schemes(people[Role.MEMBER]),
        *_other_schemes(people[Role.VIEWER]),
        *_other_schemes(people[Role.SUPERUSER]),
        *_refused(people),
    ]


def _person(role: Role) -> Person:
    is_superuser = role is Role.SUPERUSER
    person = make_person(role, is_staff=role in {Role.STAFF, Role.ANALYST} or is_superuser, is_superuser=is_superuser)
    if role in {Role.VIEWER, Role.ANALYST}:
        person.user.groups.add(Group.objects.get(name=NAME))
    return person


def _session(person: Person) -> str:
    return person.browser().cookies["sessionid"].value


def _display(person: Person) -> str:
    return displays.issue_display_token(person.user, "wall")


def _other_schemes(person: Person) -> Iterator[Caller]:
    role = Role(person.user.username)
    basic = base64.b64encode(":".join(person.headers.values()).encode()).decode()
    yield Caller(f"{role}'s bearer token", role, Credential.BEARER, {"Authorization": f"Bearer {person.token}"})
    yield Caller(f"{role}'s basic authentication", role, Credential.BASIC, {"Authorization": f"Basic {basic}"})


def _refused(people: dict[Role, Person]) -> Iterator[Caller]:
    """Yield callers whose credentials would be a superuser's, were they valid."""
    root = people[Role.SUPERUSER]

    def refused(name: str, headers: dict[str, str]) -> Caller:
        return Caller(name, Role.NOBODY, Credential.TOKEN, headers)

    expired = Person(root.user, tokens.issue_personal_token(root.user, "expired"))
    AccessToken.objects.filter(name="expired").update(expires_at=timezone.now() - timedelta(seconds=1))
    revoked = Person(root.user, tokens.issue_personal_token(root.user, "revoked"))
    tokens.remove_personal_token(root.user, "revoked")
    display = Person(root.user, displays.issue_display_token(root.user, "another wall"))
    former = make_person("former", is_staff=True, is_superuser=True)
    session, former_display = _session(former), _display(former)
    type(former.user).objects.filter(pk=former.user.pk).update(is_active=False)
    yield refused("expired token", expired.headers)
    yield refused("revoked token", revoked.headers)
    yield refused("token of a display", display.headers)
    yield refused("bearer token of a display", {"Authorization": f"Bearer {display.token}"})
    yield refused("token of a deactivated account", former.headers)
    yield Caller("session of a deactivated account", Role.NOBODY, Credential.SESSION, session=session)
    yield Caller("display of a deactivated account", Role.NOBODY, Credential.DISPLAY, display=former_display)
    yield Caller("login token as a display", Role.NOBODY, Credential.DISPLAY, display=root.token)
    yield refused("wrong token with a right id", {**root.headers, "X-Auth-Token": root.token[::-1]})
    yield refused("another's token with the own id", {**people[Role.MEMBER].headers, "X-Auth-Token": root.token})
    yield refused("expired bearer token", {"Authorization": f"Bearer {expired.token}"})
