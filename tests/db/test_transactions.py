"""Read transactions: which time limits their statements have."""

import pytest
from django.db import connection, transaction

from statistics_app.db.transactions import IsolatedReads, consistent_read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def setting(name: str) -> str:
    """Return a setting of PostgreSQL as it is in this session."""
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


@pytest.mark.only_postgresql
@pytest.mark.parametrize("in_transaction", [False, True])
def test_statements_are_limited_only_where_that_is_asked_for(in_transaction: bool) -> None:
    def inside(*, limit_statements: bool) -> str:
        with consistent_read("default", 7, limit_statements=limit_statements):
            return setting("statement_timeout")

    usual = setting("statement_timeout")
    if in_transaction:
        with transaction.atomic():
            assert inside(limit_statements=True) == "7s"
            assert inside(limit_statements=False) == setting("statement_timeout") == usual
    else:
        assert inside(limit_statements=True) == "7s"
        assert inside(limit_statements=False) == setting("statement_timeout") == usual


def test_the_error_of_a_read_affects_neither_the_reads_around_it_nor_the_callers_transaction() -> None:
    def read(statement: str) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return int(cursor.fetchone()[0])

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE before_it AS SELECT 4 AS n")
        reads = IsolatedReads("default", 5)
        with reads.isolated():
            assert read("SELECT 1") == 1
        for _ in range(2):
            with pytest.raises(Exception, match="nothing_of_this_name"), reads.isolated():
                read("SELECT * FROM nothing_of_this_name")
            with pytest.raises(ValueError, match="inner"), reads.isolated(), transaction.atomic(savepoint=False):
                raise ValueError("inner")
        with reads.isolated():
            assert read("SELECT n FROM before_it") == 4
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE before_it")
