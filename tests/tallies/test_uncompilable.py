"""A condition that the database cannot express is refused by the system check, with the database's reason."""

import pytest
from django.db import connection
from django.db.models import DurationField, ExpressionWrapper, F, Q, Value

from statistics_app.sources.tables import Table

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

SPANS = (
    ExpressionWrapper(F("span") * F("id"), DurationField()),
    ExpressionWrapper(F("span") % Value(2), DurationField()),
)


@pytest.mark.parametrize("span", SPANS, ids=("a product", "a remainder"))
def test_arithmetic_that_sqlite_has_not_is_a_fault(anychat: None, span: ExpressionWrapper) -> None:
    faults = list(Table(model="anychat.Message", where=Q(span__gt=span)).faults())
    if connection.vendor == "sqlite":
        [fault] = faults
        assert fault.startswith("Table(anychat.Message).where: Invalid ")
    else:
        assert faults == []
