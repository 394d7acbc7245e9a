"""`statistics_mapping` prints a source for models that it has never seen: it imports, passes the checks, and is right."""

import ast
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import models
from django.test.utils import isolate_apps

from statistics_app.sources.base import ChatSource, RoomKind
from statistics_app.sources.guesses.module import mapping_module, module_for
from statistics_app.sources.pairs import Pair
from statistics_app.testing import SourceContract
from statsproject.chat.models import User
from statsproject.chat.statistics_source import WorkspaceSource
from tests.anychat.contract import AnyChatContract
from tests.otherchat.databases import database
from tests.otherchat.project import Project

MARKED = "as `manage.py statistics_mapping` guessed it"


def source_in(text: str) -> type[ChatSource]:
    """Import a printed module, and return its source."""
    module = ModuleType("guessed")
    exec(compile(text, "guessed.py", "exec"), vars(module))  # noqa: S102 - what is tested
    return module.Source


def printed(*apps: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what the command prints."""
    call_command("statistics_mapping", *apps)
    return capsys.readouterr().out


def test_the_command_prints_a_module(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed("chat", capsys=capsys)
    assert MARKED in text
    assert source_in(text).check() == []


def test_an_app_that_does_not_exist_is_named() -> None:
    with pytest.raises(CommandError, match="nothing"):
        call_command("statistics_mapping", "nothing")


def test_the_guess_for_this_project_is_its_own_source() -> None:
    guessed = source_in(mapping_module(["chat"]))
    for name in ("user_table", "room_table", "message_table", "subscription_table", "upload_table", "team_table"):
        own, found = (dict(getattr(source, name).meanings()) for source in (WorkspaceSource, guessed))
        own.pop("public", None)  # to show names to all is nothing to guess
        assert found == own, name


@pytest.mark.usefixtures("anychat")
class TestAnyChat(AnyChatContract):
    """The guessed source of a chat whose columns have no telling names answers exactly what it was found to answer."""

    pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database, pytest.mark.not_mariadb]

    source = source_in(mapping_module(["anychat"]))
    kinds = (RoomKind.CHANNEL,)
    presences = types = uncounted = ()
    deactivated_users = False
    # No table of files is found.
    build_upload = SourceContract.build_upload


def test_what_is_not_found_is_a_comment_with_three_candidates() -> None:
    lines = mapping_module(["anychat"]).splitlines()
    assert "    # upload_table = UploadTable(" in lines
    assert '    #     # size="…",  # candidates: small, number, positive' in lines
    assert '        # language="…",  # candidates: char, text, slug' in lines
    assert "        # room: other candidates: other, coded, free" in lines


@pytest.mark.slow
@pytest.mark.any_database
@pytest.mark.django_db
def test_the_guess_for_the_other_host_passes_its_contract(tmp_path: Path) -> None:
    with database(tmp_path, "guessed") as url:
        project = Project(tmp_path, {"OTHERCHAT_DATABASE": url})
        (tmp_path / "guessed.py").write_text(project.manage("statistics_mapping").stdout)
        guessed = Project(tmp_path, {**project.environment, "OTHERCHAT_SOURCE": "guessed.Source"})
        assert "no issues" in guessed.manage("check", "--fail-level", "WARNING").stdout
        run = guessed.run("tests.otherchat.run_contract", "Committed")
    assert run.returncode == 0, run.stderr
    assert "Ran 2 tests" in run.stderr


@pytest.mark.slow
def test_every_run_prints_the_same() -> None:
    texts = set()
    for hash_seed in "12":
        command = [sys.executable, "-m", "django", "statistics_mapping"]
        settings = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONHASHSEED": hash_seed}
        run = subprocess.run(command, env={**os.environ, **settings}, check=True, capture_output=True, text=True)
        texts.add(run.stdout)
    assert len(texts) == 1


def columns(**declared: Any) -> dict[str, Any]:
    """Return the attributes of a model for a test."""
    meta = type("Meta", (), {"app_label": "statistics_app"})
    return {"__module__": __name__, "Meta": meta, "__str__": lambda self: "", **declared}


def key_to(model: Any) -> Any:
    """Return a foreign key."""
    return models.ForeignKey(model, models.CASCADE, related_name="+")


@isolate_apps("statistics_app")
def test_messages_between_two_accounts_need_no_room() -> None:
    at = {"created": models.DateTimeField()}
    message = type("MessageModel", (models.Model,), columns(recipient=key_to(User), sender=key_to(User), **at))
    text = module_for([message])
    assert "# room_table: no model of rooms was found." in text
    table = source_in(text).message_table
    assert (table.room, table.sent_at, table.author) == (Pair("sender", "recipient"), "created", "sender")


@isolate_apps("statistics_app")
def test_what_moderators_have_not_approved_does_not_count_and_a_model_of_reads_has_their_time() -> None:
    topic = type("Topic", (models.Model,), columns(approved=models.BooleanField(), hidden=models.BooleanField()))
    post = type("Post", (models.Model,), columns(topic=key_to(topic), poster=key_to(User), created=models.DateTimeField()))
    track, vote = (
        type(name, (models.Model,), columns(topic=key_to(topic), user=key_to(User), mark_time=models.DateTimeField()))
        for name in ("TopicReadTrack", "TopicVote")
    )
    text = module_for([topic, post, track])
    assert "where=Q(hidden=False, approved=True)," in text
    assert 'last_seen="mark_time",' in text
    assert "last_seen" not in module_for([topic, post, vote])


@isolate_apps("statistics_app")
def test_models_whose_names_say_nothing_are_listed_if_they_may_be_messages() -> None:
    at = {"at": models.DateTimeField()}
    room = type("Room", (models.Model,), columns(is_private=models.BooleanField()))
    post = type("Message", (models.Model,), columns(room=key_to(room), author=key_to(User), **at))
    whisper, reaction = (type(name, (models.Model,), columns(by=key_to(User), **at)) for name in ("Whisper", "Reaction"))
    without_time = type("Seat", (models.Model,), columns(by=key_to(User)))
    lines = module_for([room, post, whisper, reaction, without_time]).splitlines()
    [listed] = [line for line in lines if "so they may be messages as well" in line]
    assert listed.endswith(": statistics_app.Whisper.")


@isolate_apps("statistics_app")
def test_direct_messages_between_two_accounts_are_named() -> None:
    room = type("Room", (models.Model,), columns(is_private=models.BooleanField(), title=models.CharField(max_length=9)))
    post = type(
        "ChatMessage",
        (models.Model,),
        columns(
            room=models.ForeignKey(room, models.CASCADE),
            user=models.ForeignKey(User, models.CASCADE, related_name="+"),
            created=models.DateTimeField(auto_now_add=True),
            is_deleted=models.BooleanField(),
        ),
    )
    direct = type(
        "DirectMessage",
        (models.Model,),
        columns(
            sender=models.ForeignKey(User, models.CASCADE, related_name="+"),
            recipient=models.ForeignKey(User, models.CASCADE, related_name="+"),
            created=models.DateTimeField(),
        ),
    )
    text = module_for([room, post, direct])
    ast.parse(text)
    direct = 'model="statistics_app.DirectMessage", room=Pair("sender", "recipient"), sent_at="created", author="sender"'
    assert f"#     MessageTable({direct})" in text
    assert "#     from statistics_app.sources.pairs import Pair" in text
    assert "RoomKind.CHANNEL: Q(is_private=False)," in text
    assert "RoomKind.PRIVATE_GROUP: Q(is_private=True)," in text
    assert "where=Q(is_deleted=False)," in text
    assert 'name="title",' in text


@isolate_apps("statistics_app")
def test_numbers_with_choices_are_kinds_and_nothing_is_no_chat() -> None:
    kinds = [(1, "Public channel"), (2, "Invite only"), (3, "One-to-one"), (4, "Archive")]
    room = type("Channel", (models.Model,), columns(kind=models.IntegerField(choices=kinds)))
    post = type(
        "Post",
        (models.Model,),
        columns(
            channel=models.ForeignKey(room, models.CASCADE),
            posted_on=models.DateTimeField(),
            pinned_at=models.DateTimeField(null=True),
        ),
    )
    text = module_for([room, post])
    for kind, value in {"CHANNEL": 1, "PRIVATE_GROUP": 2, "DIRECT": 3, "OTHER": 4}.items():
        assert f"RoomKind.{kind}: Q(kind={value})," in text
    assert 'sent_at="posted_on",' in text
    assert "pinned=Q(pinned_at__isnull=False)," in text
    assert "# message_table: no model of messages was found." in module_for([])
    source_in(module_for([]))


@isolate_apps("statistics_app")
def test_who_was_seen_lately_is_there_also_by_a_profile() -> None:
    member = type("Member", (models.Model,), columns(nick=models.CharField(max_length=9), is_bot=models.BooleanField()))
    profile = type(
        "Profile",
        (models.Model,),
        columns(
            member=models.OneToOneField(member, models.CASCADE, related_name="about"),
            last_seen_at=models.DateTimeField(null=True),
            locale=models.CharField(max_length=9),
        ),
    )
    room = type("Room", (models.Model,), columns(name=models.CharField(max_length=9)))
    post = type(
        "Message",
        (models.Model,),
        columns(
            room=models.ForeignKey(room, models.CASCADE),
            author=models.ForeignKey(member, models.CASCADE),
            sent_at=models.DateTimeField(),
        ),
    )
    text = module_for([member, profile, room, post])
    assert 'Presence.ONLINE: Since("about__last_seen_at", minutes=5),' in text
    assert 'language="about__locale",' in text
    assert 'name="nick",' in text
    assert "UserType.BOT: Q(is_bot=True)," in text
    source_in(text)
