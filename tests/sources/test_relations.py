"""Relations between declared tables: accounts and rooms must be known by the same column everywhere."""

from django.db import models
from django.test.utils import isolate_apps

from statistics_app.sources.relations import key_faults
from statistics_app.sources.tables import MessageTable, SubscriptionTable, UserTable


@isolate_apps("statistics_app")
def test_a_table_that_knows_accounts_by_another_column_than_messages_is_named() -> None:
    class Account(models.Model):  # noqa: DJ008 - nobody shows it
        name = models.CharField(max_length=9, unique=True)

        class Meta:
            app_label = "statistics_app"

    class Note(models.Model):  # noqa: DJ008
        writer = models.ForeignKey(Account, models.CASCADE, to_field="name")
        reader = models.ForeignKey(Account, models.CASCADE, related_name="+")

        class Meta:
            app_label = "statistics_app"

    def table(kind: type, **declared: str) -> object:
        class Declared(kind):  # type: ignore[misc,valid-type]
            def model_class(self) -> type[models.Model]:
                return Account if kind is UserTable else Note

        return Declared(model="statistics_app.Note", **declared)

    users, messages = table(UserTable), table(MessageTable, room="writer", sent_at="at", author="writer")
    read_by = {name: table(SubscriptionTable, last_seen="at", user=name) for name in ("reader", "writer")}
    faults = {name: list(key_faults(read, "user", users, messages, "author")) for name, read in read_by.items()}  # type: ignore[arg-type]
    assert faults["writer"] == []
    assert faults["reader"] == [
        "Declared(statistics_app.Note).user: 'reader' refers to 'id' of statistics_app.Note, but messages refer to 'name'."
    ]
