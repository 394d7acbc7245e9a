"""Tokens: only digests rest, every refusal costs the same, and use is noted by the day."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from statistics_app.models import AccessToken
from statistics_app.models.access_token import TokenKind
from statsproject.chat.models import User
from tests.chatter import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

HOUR = timedelta(hours=1)


@pytest.fixture
def user() -> User:
    """An account with a password."""
    user = make_user()
    user.set_password("first")
    user.save()
    return user


def issue(user: User, kind: TokenKind = TokenKind.LOGIN, **columns: Any) -> str:
    """Make a token that lives for an hour."""
    return AccessToken.objects.issue(user, kind=kind, **{"expires_at": timezone.now() + HOUR, **columns})


def find(token: str, **named: Any) -> AccessToken | None:
    """Find a token now."""
    return AccessToken.objects.find(token, timezone.now(), **named)


def test_only_the_digest_rests(user: User) -> None:
    token = issue(user, name="mine")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM statistics_app_accesstoken")
        [row] = cursor.fetchall()
    assert not [value for value in row if token in str(value)]
    assert AccessToken.objects.get().last_part == token[-6:]


def test_tokens_are_long_and_never_the_same(user: User) -> None:
    tokens = {issue(user) for _ in range(20)}
    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 43


@pytest.mark.parametrize("kind", TokenKind)
def test_a_token_opens_for_its_user(user: User, kind: TokenKind) -> None:
    found = find(issue(user, kind), of_user=user.pk)
    assert found is not None
    assert found.user == user
    assert found.kind == kind


def test_a_token_alone_opens_where_no_user_is_named(user: User) -> None:
    assert find(issue(user)) is not None


def end_password(user: User, token: str) -> None:
    """Set another password."""
    user.set_password("second")
    user.save()


def end_account(user: User, token: str) -> None:
    """Deactivate the account."""
    User.objects.filter(pk=user.pk).update(is_active=False)


def end_time(user: User, token: str) -> None:
    """Let the token expire this very moment."""
    AccessToken.objects.update(expires_at=timezone.now())


def end_token(user: User, token: str) -> None:
    """Remove the token."""
    AccessToken.objects.all().delete()


@pytest.mark.parametrize("end", [end_password, end_account, end_time, end_token])
def test_a_login_token_opens_no_more_in_one_query_like_any(
    user: User, end: Callable[[User, str], None], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    token = issue(user)
    with django_assert_num_queries(1):
        assert find(token, of_user=user.pk) is not None
    end(user, token)
    with django_assert_num_queries(1):
        assert find(token, of_user=user.pk) is None


@pytest.mark.parametrize("token", ["", "unknown", "ünknown", "x" * 5000, "a\0b"])
def test_a_token_that_nobody_has_opens_nothing(
    user: User, token: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    issue(user)
    with django_assert_num_queries(1):
        assert find(token, of_user=user.pk) is None


def test_a_token_opens_for_nobody_else(user: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    token = issue(user)
    for other in (make_user().pk, "", "ünknown", user.pk[:-1], user.pk.swapcase()):
        with django_assert_num_queries(1):
            assert find(token, of_user=other) is None


def test_the_digest_itself_opens_nothing(user: User) -> None:
    issue(user)
    assert find(AccessToken.objects.get().digest) is None


def test_a_personal_token_outlives_the_password(user: User) -> None:
    token = issue(user, TokenKind.PERSONAL, expires_at=None)
    end_password(user, token)
    found = find(token)
    assert found is not None
    assert found.expires_at is None


def test_a_personal_token_ends_with_its_time_and_its_account(user: User) -> None:
    token = issue(user, TokenKind.PERSONAL)
    end_account(user, token)
    assert find(token) is None
    late = issue(make_user(), TokenKind.PERSONAL)
    end_time(user, late)
    assert find(late) is None


def test_one_more_than_the_most_ends_the_oldest_of_its_kind_and_user(user: User) -> None:
    personal, others = issue(user, TokenKind.PERSONAL), issue(make_user())
    tokens = [issue(user, most=3) for _ in range(5)]
    assert [find(token) is not None for token in tokens] == [False, False, True, True, True]
    assert find(personal) is not None
    assert find(others) is not None


def test_tokens_of_one_instant_leave_as_many_as_are_allowed(user: User) -> None:
    for _ in range(4):
        issue(user)
    AccessToken.objects.update(created_at=timezone.now())
    last = issue(user, most=2)
    assert AccessToken.objects.count() == 2
    assert find(last) is not None


def test_a_token_opens_until_the_very_moment_it_expires(user: User) -> None:
    token = issue(user)
    expires_at = AccessToken.objects.get().expires_at
    assert expires_at is not None
    for moment, opens in ((expires_at - timedelta(microseconds=1), True), (expires_at, False)):
        assert (AccessToken.objects.find(token, moment) is not None) is opens


def test_the_use_is_written_once_a_day(user: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    token, now = issue(user, expires_at=None), timezone.now()
    for day, writes in ((0, 1), (0, 0), (1, 1), (1, 0)):
        found = find(token)
        assert found is not None
        with django_assert_num_queries(writes):
            found.note_use(now + timedelta(days=day))
    assert AccessToken.objects.get().last_used_on == now.date() + timedelta(days=1)


def test_tokens_go_with_their_user(user: User) -> None:
    issue(user)
    user.delete()
    assert not AccessToken.objects.exists()
