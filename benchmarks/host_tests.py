"""What the app costs the tests of a host: the same without it, without its tables, with live counts, and with triggers."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.measuring import Bars, interleaved

ROUNDS = 41
WAYS = ("without", "untabled", "live", "tallies")
ROOT = Path(__file__).resolve().parent.parent

# Runs one test for every line that it reads, each a name of a class, and answers with a line.
WORKER = """
import os, sys, unittest
import django
from django.conf import settings
counted = os.environ["COUNTED"]
settings.MIGRATION_MODULES = dict.fromkeys(["auth", "contenttypes", "sessions", "statistics_app"])
if counted == "without":
    settings.INSTALLED_APPS.remove("statistics_app")
elif counted == "untabled":
    settings.MIGRATION_MODULES["statistics_app"] = "statistics_app.migrations.none"
else:
    settings.STATISTICS["COUNTING"] = counted
django.setup()
from django.contrib.auth import get_user_model
from django.test import TestCase, TransactionTestCase
from django.test.utils import setup_databases, setup_test_environment
from django.utils import timezone
from tests.otherchat.models import Conversation, Member, Post

class Writes:
    def test(self):
        room = Conversation.objects.create(is_public=True)
        for number in range(5):
            account = get_user_model().objects.create_user(f"user-{number}")
            member = Member.objects.create(account=account)
            Post.objects.create(conversation=room, author=member, posted_at=timezone.now())
        self.assertEqual(Post.objects.count(), 5)

class InATransaction(Writes, TestCase):
    pass

class WithAFlush(Writes, TransactionTestCase):
    pass

setup_test_environment()
# As Django's runner does for tests without `serialized_rollback`.
setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
print("ready", flush=True)
for line in sys.stdin:
    result = unittest.TestResult()
    suite = unittest.TestSuite([globals()[line.strip()]("test")])
    suite.run(result)
    print("done" if result.wasSuccessful() else f"failed: {result.errors or result.failures}".replace(chr(10), " "), flush=True)
"""


class Host:
    """A process that runs tests of the other host, with the app in one of four ways."""

    def __init__(self, counted: str, url: str, folder: Path) -> None:
        self.counted = counted
        folder.mkdir()
        environment = {
            **os.environ,
            "COUNTED": counted,
            "OTHERCHAT_FOLDER": str(folder),
            "OTHERCHAT_DATABASE": url,
            "DJANGO_SETTINGS_MODULE": "tests.otherchat.settings",
            "PYTHONPATH": str(ROOT),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", WORKER],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._expect("ready")

    def run(self, test: str) -> None:
        """Run one test."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{test}\n")
        self.process.stdin.flush()
        self._expect("done")

    def stop(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def _expect(self, word: str) -> None:
        assert self.process.stdout is not None
        answer = self.process.stdout.readline().strip()
        if answer != word:
            raise RuntimeError(f"The host {self.counted} answered {answer!r}.")


@contextmanager
def hosts() -> Iterator[dict[str, Host]]:
    """Start a PostgreSQL with a database for each of the hosts."""
    import psycopg

    from tests.services.postgresql import PostgreSQL

    server = PostgreSQL()
    server.start()
    with tempfile.TemporaryDirectory(prefix="stats-bench-") as folder, ExitStack() as stack:
        stack.callback(server.stop)
        started = {}
        with psycopg.connect(server.url, autocommit=True) as connection:
            for counted in WAYS:
                connection.execute(f"CREATE DATABASE {counted}")
        for counted in WAYS:
            started[counted] = Host(counted, server.url_of(counted), Path(folder) / counted)
            stack.callback(started[counted].stop)
        yield started


def main() -> None:
    """Run each kind of test in turn at all hosts."""
    bars = Bars()
    with hosts() as started:
        for test, live, tallies in (("InATransaction", 1.15, 1.5), ("WithAFlush", 1.5, 2)):
            times = interleaved({name: lambda host=host: host.run(test) for name, host in started.items()}, ROUNDS)  # noqa: B023
            print(f"{test}: " + ", ".join(f"{name} {seconds * 1e3:.1f} ms" for name, seconds in times.items()))
            bars.at_most(f"{test}_untabled_over_without", times["untabled"] / times["without"], 1.15)
            bars.at_most(f"{test}_live_over_without", times["live"] / times["without"], live)
            bars.at_most(f"{test}_tallies_over_without", times["tallies"] / times["without"], tallies)
    bars.finish()


if __name__ == "__main__":
    main()
