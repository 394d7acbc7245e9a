"""Locks: exclusive across threads and processes, and released if the holder is killed."""

import sys
import threading
import time

import pytest
from django.db import DatabaseError, connection, connections, transaction

from statistics_app.db import locks
from statistics_app.db.locks import NotFree, exclusive_lock
from statsproject.programs.processes import wait_until
from tests.services.programs import Programs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

HOLD = """
import sys, time, django
django.setup()
from statistics_app.db.locks import exclusive_lock
with exclusive_lock("test"):
    print("held", flush=True)
    time.sleep(600)
"""


def test_only_one_thread_holds_the_lock() -> None:
    holders, numbers = [], []

    def work() -> None:
        try:
            for _ in range(5):
                with exclusive_lock("test"):
                    holders.append(1)
                    numbers.append(len(holders))
                    time.sleep(0.001)
                    holders.pop()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == 20
    assert max(numbers) == 1


def test_locks_with_other_names_do_not_wait() -> None:
    done = threading.Event()

    def work() -> None:
        try:
            with exclusive_lock("another"):
                done.set()
        finally:
            connections.close_all()

    with exclusive_lock("test"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(30)
    assert done.is_set()


def test_an_error_releases_the_lock() -> None:
    with pytest.raises(ZeroDivisionError), exclusive_lock("test"):
        raise ZeroDivisionError
    with exclusive_lock("test"):
        pass


def test_the_lock_of_a_killed_process_is_released(running: Programs) -> None:
    script = running.folder / "hold.py"
    script.write_text(HOLD)
    holder = running.start_command("holder", sys.executable, str(script))
    wait_until(lambda: "held" in holder.log.read_text(), "The lock", [holder])
    taken = threading.Event()

    def take() -> None:
        try:
            with exclusive_lock("test"):
                taken.set()
        finally:
            connections.close_all()

    waiting = threading.Thread(target=take)
    waiting.start()
    assert not taken.wait(0.3)
    running.kill(holder)
    assert taken.wait(30)
    waiting.join()


def test_a_lock_that_another_process_keeps_for_long_is_not_free(running: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    script = running.folder / "hold.py"
    script.write_text(HOLD)
    holder = running.start_command("holder", sys.executable, str(script))
    wait_until(lambda: "held" in holder.log.read_text(), "The lock", [holder])
    monkeypatch.setattr(locks, "WAIT_SECONDS", 0.2)
    for _ in range(2):
        with pytest.raises(NotFree, match=r"^The lock 'test' was not free within 0\.2 s\.$"), exclusive_lock("test"):
            pass
    with pytest.raises(NotFree), transaction.atomic(), exclusive_lock("test"):
        pass
    running.kill(holder)
    with exclusive_lock("test"):
        pass


def test_the_lock_is_released_in_an_aborted_transaction() -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), exclusive_lock("test"), connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column FROM no_such_table")
    with exclusive_lock("test"):
        pass
