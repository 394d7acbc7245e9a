"""One at a time, across threads and processes; a killed holder lets go."""

import sys
import threading
import time

import pytest
from django.db import DatabaseError, connection, connections, transaction

from statistics_app.db.locks import exclusive_lock
from statsproject.demo.processes import wait_until
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


def test_threads_take_turns() -> None:
    inside, most = [], []

    def work() -> None:
        try:
            for _ in range(5):
                with exclusive_lock("test"):
                    inside.append(1)
                    most.append(len(inside))
                    time.sleep(0.001)
                    inside.pop()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 20
    assert max(most) == 1


def test_other_deeds_do_not_wait() -> None:
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


def test_an_error_inside_lets_go() -> None:
    with pytest.raises(ZeroDivisionError), exclusive_lock("test"):
        raise ZeroDivisionError
    with exclusive_lock("test"):
        pass


def test_a_process_that_is_killed_lets_go(running: Programs) -> None:
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


def test_inside_a_spoilt_transaction_the_lock_is_given_back() -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), exclusive_lock("test"), connection.cursor() as cursor:
        cursor.execute("SELECT no_such_column FROM no_such_table")
    with exclusive_lock("test"):
        pass
