"""Every document of a damaged backup is either accepted or rejected, and nothing else happens."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statsproject.chat.models import Message
from tests.importers.dumps import encoded, write_archive, write_dump
from tests.importers.exports import export, load, message, rejects, room, user
from tests.importers.mongodb.test_bson_files import Damage, damages

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.mark.parametrize("kind", ["dump", "archive"])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(damage=damages(), block_size=st.integers(1, 40))
def test_every_document_of_a_damaged_backup_is_accepted_or_rejected(
    tmp_path: Path, kind: str, damage: Damage, block_size: int
) -> None:
    Message.objects.all().delete()
    messages = [message(f"m{number}", msg="x" * number) for number in range(50)]
    source = export(tmp_path / "export", users=[user("u1")], room=[room("r1")], message=messages)
    if kind == "dump":
        path = write_dump(tmp_path / "dump", encoded(source))
        damaged = path / "rocketchat" / "rocketchat_message.bson"
        damaged.write_bytes(damage(damaged.read_bytes()))
    else:
        (tmp_path / "backup").mkdir(exist_ok=True)
        path = tmp_path / "backup"
        damaged = write_archive(path / "x.archive", encoded(source), block_size=block_size)
        data = damaged.read_bytes()
        # What is damaged in the list of collections is refused before.
        head = data.index(b"\xff\xff\xff\xff") + 4
        damaged.write_bytes(data[:head] + damage(data[head:]))
    if damaged.read_bytes().startswith((b"\x1f\x8b\x08", b"BZh")):
        with pytest.raises(OSError, match="cannot be decompressed"):
            load(path)
        return
    report = load(path)
    for stream in report.streams:
        assert stream.documents == stream.accepted + stream.rejected
    assert sum(stream.rejected for stream in report.streams) == len(rejects(path)) == sum(report.reasons.values())
    assert Message.objects.count() <= report.streams[-1].accepted
