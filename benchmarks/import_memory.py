"""The memory that an import takes of a file as large as it is, and of one that is eight times as large.

`make bench NAME=import_memory` makes exports in which one file has all that there is of a kind: the messages of a day of Slack,
the posts of Mattermost, the messages of Zulip, and the tables in its realm.json.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measuring import Bars

ROWS = int(os.environ.get("ROWS", "20000"))
TIMES = 8
MEGABYTE = 1024
# SQLite's cache, 64 MB at most, fills with the larger one. An import that kept what it reads would take several times as much.
MOST_GROWTH = 1.6
AT = 1_700_000_000
TEXT = "x" * 800


class Case(NamedTuple):
    """The kind of an export, and what writes one with so many rows in its large file into a folder."""

    kind: str
    write: Callable[[Path, int], Path]


def main() -> None:
    """Measure each case in processes of their own."""
    bars = Bars()
    for name, case in CASES.items():
        with tempfile.TemporaryDirectory(prefix="stats-bench-") as folder:
            peaks = [measure(case, Path(folder) / str(times), ROWS * times) for times in (1, TIMES)]
        (size, peak, seconds), (large_size, large_peak, large_seconds) = peaks
        print(
            f"{name}: {size:.0f} MB in {seconds:.0f} s, peak {peak:.0f} MB; "
            f"{large_size:.0f} MB in {large_seconds:.0f} s, peak {large_peak:.0f} MB"
        )
        bars.at_most(f"import_memory_{name}", large_peak / peak, MOST_GROWTH)
    bars.finish()


def measure(case: Case, folder: Path, rows: int) -> tuple[float, float, float]:
    """Import an export into a new SQLite file; return the size of the export and the peak of memory, in MB, and the seconds."""
    folder.mkdir()
    path = case.write(folder / "export", rows)
    environment = {**os.environ, "VAR_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"}
    environment["DJANGO_SETTINGS_MODULE"] = "statsproject.settings"
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True)
    # Unlike that of `getrusage`, this peak does not include what the parent used when the program was started.
    script = (
        "import sys; from django.core.management import execute_from_command_line\n"
        "execute_from_command_line(sys.argv)\n"
        "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    command = [sys.executable, "-c", script, "import_chat", case.kind, str(path), "--rejects", str(folder / "rejects")]
    started = time.monotonic()
    output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    seconds = time.monotonic() - started
    size = sum(file.stat().st_size for file in path.rglob("*.json*"))
    return size / MEGABYTE**2, int(output.split()[-2]) / MEGABYTE, seconds


def slack(folder: Path, rows: int) -> Path:
    """Write an export with one day of one channel."""
    write(folder / "users.json", [{"id": f"U{n}"} for n in range(100)])
    write(folder / "channels.json", [{"id": "C1", "name": "general", "members": []}])
    messages = ({"type": "message", "user": f"U{n % 100}", "ts": f"{AT}.{n:06}", "text": TEXT} for n in range(rows))
    write(folder / "general" / "2023-11-14.json", messages)
    return folder


def mattermost(folder: Path, rows: int) -> Path:
    """Write an export of one channel."""
    lines = [{"type": "version", "version": 1}, {"type": "channel", "channel": {"team": "t", "name": "c", "type": "O"}}]
    sent = ({"user": f"u{n % 100}", "create_at": AT * 1000 + n, "message": TEXT} for n in range(rows))
    posts = ({"type": "post", "post": {"team": "t", "channel": "c", **one}} for one in sent)
    folder.mkdir()
    with (folder / "import.jsonl").open("w") as file:
        file.writelines(json.dumps(line, separators=(",", ":")) + "\n" for line in chain(lines, posts))
    return folder


def zulip_messages(folder: Path, rows: int) -> Path:
    """Write an export with one file of messages."""
    sent = ({"id": n, "sender": n % 100, "recipient": 1, "date_sent": AT + n % 9_999, "content": TEXT} for n in range(1, rows))
    return zulip(folder, sent, [])


def zulip_realm(folder: Path, rows: int) -> Path:
    """Write an export whose realm has as many subscriptions, with settings as large as texts."""
    subscriptions = ({"id": n, "user_profile": n % 100, "recipient": n % 1000, "color": TEXT} for n in range(rows))
    return zulip(folder, [], subscriptions)


def zulip(folder: Path, messages: Iterable[Any], subscriptions: Iterable[Any]) -> Path:
    """Write an export of Zulip."""
    realm = {
        "zerver_userprofile": [{"id": n} for n in range(100)],
        "zerver_stream": [{"id": n} for n in range(1000)],
        "zerver_recipient": [{"id": n, "type": 2, "type_id": n} for n in range(1000)],
    }
    write(folder / "realm.json", subscriptions, f'{json.dumps(realm)[:-1]}, "zerver_subscription": ', "}")
    write(folder / "messages-000001.json", messages, '{"zerver_message": ', "}")
    return folder


def write(path: Path, rows: Iterable[Any], before: str = "", after: str = "") -> None:
    """Write an indented array, and what is around it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        file.write(f"{before}[")
        for number, row in enumerate(rows):
            file.write(f"{',' if number else ''}\n    {json.dumps(row)}")
        file.write(f"\n]{after}")


CASES = {
    "slack_messages": Case("slack", slack),
    "mattermost_posts": Case("mattermost", mattermost),
    "zulip_messages": Case("zulip", zulip_messages),
    "zulip_realm": Case("zulip", zulip_realm),
}

if __name__ == "__main__":
    main()
