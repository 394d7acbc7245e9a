"""Tokens: only digests are stored, every rejection costs the same, and the last use is recorded once a day."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from statistics_app.models import AccessToken
from statistics_app.models.access_token import TokenKind
from statsproject.chat.models import User
from tests.factories import make_user

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
    """Issue a token that expires in an hour."""
    return AccessToken.objects.issue(user, kind=kind, **{"expires_at": timezone.now() + HOUR, **columns})


def find(token: str, **named: Any) -> AccessToken | None:
    """Return the token if it is valid now."""
    return AccessToken.objects.find(token, timezone.now(), **named)


def test_only_the_digest_is_stored(user: User) -> None:
    token = issue(user, name="mine")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM statistics_app_accesstoken")
        [row] = cursor.fetchall()
    assert not [value for value in row if token in str(value)]
    assert AccessToken.objects.get().last_part == token[-6:]


def test_tokens_are_long_and_unique(user: User) -> None:
    tokens = {issue(user) for _ in range(20)}
    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 43


@pytest.mark.parametrize("kind", TokenKind)
def test_a_token_is_valid_for_its_user(user: User, kind: TokenKind) -> None:
    found = find(issue(user, kind), of_user=user.pk, kinds=[kind])
    assert found is not None
    assert found.user == user
    assert found.kind == kind


def test_a_token_is_valid_without_a_user_id(user: User) -> None:
    assert find(issue(user)) is not None


def test_only_kinds_that_count_are_found(user: User) -> None:
    token = issue(user, TokenKind.DISPLAY)
    assert find(token) is None
    assert find(token, kinds=[TokenKind.DISPLAY]) is not None
    assert find(issue(user, TokenKind.PERSONAL), kinds=[TokenKind.DISPLAY]) is None


def change_password(user: User, token: str) -> None:
    """Set another password."""
    user.set_password("second")
    user.save()


def deactivate_account(user: User, token: str) -> None:
    """Deactivate the account."""
    User.objects.filter(pk=user.pk).update(is_active=False)


def expire_token(user: User, token: str) -> None:
    """Let the token expire now."""
    AccessToken.objects.update(expires_at=timezone.now())


def remove_token(user: User, token: str) -> None:
    """Remove the token."""
    AccessToken.objects.all().delete()


@pytest.mark.parametrize("revoke", [change_password, deactivate_account, expire_token, remove_token])
def test_an_ended_login_token_is_rejected_with_one_query(
    user: User, revoke: Callable[[User, str], None], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    token = issue(user)
    with django_assert_num_queries(1):
        assert find(token, of_user=user.pk) is not None
    revoke(user, token)
    with django_assert_num_queries(1):
        assert find(token, of_user=user.pk) is None


@pytest.mark.parametrize("token", ["", "unknown", "ünknown", "x" * 5000, "a\0b"])
def test_an_unknown_token_is_rejected(user: User, token: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    issue(user)
    with django_assert_num_queries(1):
        assert find(token, of_user=user.pk) is None


def test_a_token_is_rejected_for_another_user(user: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    token = issue(user)
    for other in (make_user().pk, "", "ünknown", user.pk[:-1], user.pk.swapcase()):
        with django_assert_num_queries(1):
            assert find(token, of_user=other) is None


def test_the_digest_is_rejected_as_a_token(user: User) -> None:
    issue(user)
    assert find(AccessToken.objects.get().digest) is None


def test_a_personal_token_survives_a_password_change(user: User) -> None:
    token = issue(user, TokenKind.PERSONAL, expires_at=None)
    change_password(user, token)
    found = find(token)
    assert found is not None
    assert found.expires_at is None


def test_a_personal_token_is_invalid_after_its_expiry_and_for_an_inactive_account(user: User) -> None:
    token = issue(user, TokenKind.PERSONAL)
    deactivate_account(user, token)
    assert find(token) is None
    late = issue(make_user(), TokenKind.PERSONAL)
    expire_token(user, late)
    assert find(late) is None


def test_beyond_the_limit_the_oldest_tokens_of_this_kind_and_user_are_removed(user: User) -> None:
    personal, others = issue(user, TokenKind.PERSONAL), issue(make_user())
    tokens = [issue(user, keep_newest=3) for _ in range(5)]
    assert [find(token) is not None for token in tokens] == [False, False, True, True, True]
    assert find(personal) is not None
    assert find(others) is not None


def test_the_limit_is_exact_for_tokens_with_the_same_creation_time(user: User) -> None:
    for _ in range(4):
        issue(user)
    AccessToken.objects.update(created_at=timezone.now())
    last = issue(user, keep_newest=2)
    assert AccessToken.objects.count() == 2
    assert find(last) is not None


def test_a_token_is_valid_until_the_moment_it_expires(user: User) -> None:
    token = issue(user)
    expires_at = AccessToken.objects.get().expires_at
    assert expires_at is not None
    for moment, is_valid in ((expires_at - timedelta(microseconds=1), True), (expires_at, False)):
        assert (AccessToken.objects.find(token, moment) is not None) is is_valid


def test_the_use_is_recorded_once_a_day(user: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    token, now = issue(user, expires_at=None), timezone.now()
    for day, writes in ((0, 1), (0, 0), (1, 1), (1, 0)):
        found = find(token)
        assert found is not None
        with django_assert_num_queries(writes):
            found.record_use(now + timedelta(days=day))
    assert AccessToken.objects.get().last_used_on == now.date() + timedelta(days=1)


def test_tokens_are_deleted_with_their_user(user: User) -> None:
    issue(user)
    user.delete()
    assert not AccessToken.objects.exists()


def test_a_login_token_outlives_a_rotated_secret_key_while_the_old_one_is_a_fallback(user: User, settings: Settings) -> None:
    token = issue(user)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key, as long as one must be", [settings.SECRET_KEY]
    assert find(token) is not None
    settings.SECRET_KEY_FALLBACKS = []
    assert find(token) is None
