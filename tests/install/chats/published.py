"""What a published application is tested with: settings, a source, rows and changes of them, counts, and its contract."""

from dataclasses import dataclass

IMPORTS = """
from django.db.models import Q
from statistics_app.sources.base import RoomKind
from statistics_app.sources.mapped import MappedSource
from statistics_app.sources.pairs import Pair
from statistics_app.sources.tables import MessageTable, RoomTable, SubscriptionTable, UserTable
"""
# Everything that a source of theirs can say of Django's own accounts.
ACCOUNTS = """
    user_table = UserTable(
        model="auth.User", active=Q(is_active=True), last_login="last_login", created_at="date_joined", name="username"
    )
"""
# What a contract begins with: how an account is made.
CONTRACT = """
from django.contrib.auth.models import User
from django.test import TransactionTestCase
from statistics_app.sources.base import RoomKind
from statistics_app.testing import SourceContract

class Accounts(SourceContract):
    def build_user(self, user):
        name = f"member-{user.number}"
        return User(username=name, is_active=user.active, last_login=user.last_login, date_joined=user.created_at)
"""


@dataclass(frozen=True)
class PublishedChat:
    """An application; `counts` prints, as JSON, what plain queries find of the statistics, `contract` is a module of tests."""

    name: str
    requirement: str
    settings: str
    source: str
    rows: str
    changes: str
    counts: str
    contract: str
