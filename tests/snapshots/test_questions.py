"""Questions that fail or hang affect only their own answer."""

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from statistics_app.exceptions import NotAnswered
from statistics_app.snapshots.questions import Answer, QuestionRunner
from statsproject.chat.models import User
from tests.factories import make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

CONSISTENT = QuestionRunner("default", seconds=5)
IMPATIENT = QuestionRunner("default", seconds=0.3)


def count_users() -> int:
    return User.objects.count()


def fail_in_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column FROM no_such_table")


def hang_in_sql() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_sleep(600)")
        else:
            cursor.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")


def hang_until(released: threading.Event) -> Callable[[], Any]:
    return lambda: released.wait(600)


def refuse() -> None:
    raise NotAnswered("That is not counted.")


def test_answers_are_returned_by_name() -> None:
    make_user()
    assert CONSISTENT.ask({"users": count_users, "two": lambda: 2}) == {"users": Answer(1), "two": Answer(2)}


def test_without_questions_there_are_no_answers() -> None:
    assert CONSISTENT.ask({}) == {}


def test_an_expected_error_is_reported_by_its_message_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert CONSISTENT.ask({"x": refuse})["x"] == Answer(problem="That is not counted.")
    assert not caplog.records


def test_an_unexpected_error_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    answer = CONSISTENT.ask({"x": lambda: 1 / 0})["x"]
    assert answer.problem.startswith("ZeroDivisionError")
    assert "Traceback" in caplog.text


def test_a_question_that_calls_exit_fails_alone() -> None:
    for ask in (CONSISTENT.ask, transaction.atomic(CONSISTENT.ask)):
        answers = ask({"bad": sys.exit, "after": count_users})
        assert answers["bad"].problem == "SystemExit: see the log for details."
        assert answers["after"] == Answer(0)


def test_a_question_that_fails_in_sql_does_not_affect_the_next() -> None:
    make_user()
    answers = CONSISTENT.ask({"before": count_users, "bad": fail_in_sql, "after": count_users})
    assert answers["bad"].problem
    assert answers["before"] == answers["after"] == Answer(1)


@pytest.mark.not_mariadb
def test_a_hanging_statement_is_cancelled_by_the_database() -> None:
    make_user()
    answers = IMPATIENT.ask({"slow": hang_in_sql, "after": count_users})
    assert answers["slow"].problem == "The database took longer than 0.3 s: see the log for details."
    assert answers["after"] == Answer(1)


def test_a_question_that_hangs_outside_the_database_is_abandoned() -> None:
    make_user()
    released = threading.Event()
    try:
        answers = IMPATIENT.ask({"before": count_users, "hangs": hang_until(released), "after": count_users})
    finally:
        released.set()
    assert answers["hangs"].problem == "No answer within 0.3 s."
    assert answers["before"] == answers["after"] == Answer(1)


def test_a_hanging_question_is_not_asked_again_until_it_returns() -> None:
    released, threads = threading.Event(), []

    def hang() -> str:
        threads.append(threading.current_thread())
        released.wait(600)
        return "back"

    try:
        IMPATIENT.ask({"stuck": hang})
        again = IMPATIENT.ask({"stuck": hang})["stuck"]
        assert again.problem.startswith("No answer since")
        assert len(threads) == 1
    finally:
        released.set()
    threads[0].join(30)
    assert IMPATIENT.ask({"stuck": hang})["stuck"] == Answer("back")


def test_all_questions_see_the_same_state_of_the_data() -> None:
    make_user()

    def count_after_another_was_added() -> int:
        other = threading.Thread(target=_make_user_elsewhere)
        other.start()
        other.join()
        return count_users()

    answers = CONSISTENT.ask({"first": count_users, "second": count_after_another_was_added})
    assert answers["first"] == answers["second"] == Answer(1)
    assert count_users() == 2


def test_questions_do_not_block_writers() -> None:
    begun, written = threading.Event(), threading.Event()

    def wait_for_the_writer() -> bool:
        count_users()
        begun.set()
        return written.wait(30)

    def write() -> None:
        begun.wait(30)
        _make_user_elsewhere()
        written.set()

    writer = threading.Thread(target=write)
    writer.start()
    answer = QuestionRunner("default", seconds=40).ask({"x": wait_for_the_writer})["x"]
    writer.join()
    assert answer == Answer(value=True)


def test_a_question_cannot_write_on_postgresql() -> None:
    answer = CONSISTENT.ask({"x": lambda: make_user("written-by-a-question").pk})["x"]
    assert bool(answer.problem) is (connection.vendor == "postgresql")


def test_inside_a_transaction_its_own_rows_are_visible() -> None:
    with transaction.atomic():
        make_user()
        answers = CONSISTENT.ask({"users": count_users, "bad": fail_in_sql, "again": count_users})
    assert answers["users"] == answers["again"] == Answer(1)
    assert answers["bad"].problem


def test_an_unavailable_database_raises_an_error() -> None:
    here = connection.settings_dict["NAME"]
    connection.close()
    try:
        connections.settings["default"]["NAME"] = "/no/such"
        connections["default"].settings_dict["NAME"] = "/no/such"
        with pytest.raises(OperationalError):
            CONSISTENT.ask({"x": count_users})
    finally:
        connections.settings["default"]["NAME"] = here
        connections["default"].settings_dict["NAME"] = here


def test_no_connection_is_left_open() -> None:
    seen = []
    CONSISTENT.ask({"x": lambda: seen.append(connections["default"])})
    assert seen[0] is not connections["default"]
    assert seen[0].connection is None


def test_the_time_limit_applies_to_each_question() -> None:
    slow = QuestionRunner("default", seconds=0.5)

    def take_a_while() -> int:
        time.sleep(0.3)
        return count_users()

    assert slow.ask({str(number): take_a_while for number in range(3)}) == {str(n): Answer(0) for n in range(3)}


def _make_user_elsewhere() -> None:
    try:
        make_user()
    finally:
        connections.close_all()
