"""The account that asks a remote server: stored with an encrypted token, under the settings, and never shown."""

import io
import logging
import subprocess
import sys
from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.core.serializers import serialize
from django.db import connection
from pytest_django import Settings

from statistics_app.exceptions import RemoteError
from statistics_app.models import RemoteCredentials
from statistics_app.models.snapshot import Origin
from statistics_app.snapshots import generation
from statistics_app.sources.remote_account import RemoteAccount, find_account
from tests.conftest import Person
from tests.services.remote_source import TOKEN, use_remote
from tests.services.replay_server import ReplayServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

USER_ID, URL = "theUserIdOfTheOne", "https://chat.example.com"
OLD, NEW = "the-old-key" * 5, "the-new-key" * 5
WRONG_KEY = "The stored token cannot be decrypted: it was encrypted with another SECRET_KEY"


@pytest.fixture(autouse=True)
def nothing_in_settings(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    use_remote(settings, "", REMOTE_USER_ID="", REMOTE_TOKEN="")


@pytest.fixture
def watched(remote: ReplayServer, settings: Settings) -> ReplayServer:
    """A server whose account is stored."""
    use_remote(settings, "", REMOTE_USER_ID="", REMOTE_TOKEN="")
    store(remote.url)
    return remote


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("statistics_remote", *arguments, stdout=out)
    return out.getvalue()


def store(url: str = URL, token: str = TOKEN) -> str:
    """Store an account as somebody does it who pipes the token into the command."""
    before, sys.stdin = sys.stdin, io.StringIO(f"{token}\n")
    try:
        return run("set", url, "--user-id", USER_ID)
    finally:
        sys.stdin = before


def warnings() -> list[str]:
    return [str(one.msg) for one in run_checks(databases=["default"]) if one.id == "statistics_app.W005"]


def test_a_stored_account_asks_the_server(watched: ReplayServer) -> None:
    generation.generate(Origin.COMMAND)
    [request] = watched.received
    assert (request.headers["X-User-Id"], request.headers["X-Auth-Token"]) == (USER_ID, TOKEN)
    assert warnings() == []


def test_the_token_is_in_the_database_encrypted_only(watched: ReplayServer) -> None:
    stored = RemoteCredentials.objects.get()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {RemoteCredentials._meta.db_table}")
        row = str(cursor.fetchall())
    assert stored.encrypted_token in row
    assert TOKEN not in row + serialize("json", [stored]) + repr(stored) + str(stored) + repr(find_account())
    assert find_account().token == TOKEN


def test_two_encryptions_of_a_token_differ() -> None:
    store()
    first = RemoteCredentials.objects.get().encrypted_token
    store()
    assert RemoteCredentials.objects.get().encrypted_token != first


def test_the_settings_win_over_what_is_stored(watched: ReplayServer, settings: Settings) -> None:
    use_remote(settings, watched.url, REMOTE_TOKEN="that-of-the-settings")
    generation.generate(Origin.COMMAND)
    assert watched.received[0].headers["X-Auth-Token"] == "that-of-the-settings"
    assert "It is not used: the settings contain" in run("show")


@pytest.mark.parametrize("missing", ["REMOTE_USER_ID", "REMOTE_TOKEN"])
def test_half_of_the_credentials_in_the_settings_is_an_error_and_not_mixed(settings: Settings, missing: str) -> None:
    store()
    use_remote(settings, URL, **{missing: ""})
    assert [one.id for one in run_checks(databases=["default"]) if str(one.id).startswith("statistics_app.")] == [
        "statistics_app.E006"
    ]


def test_a_stored_token_is_not_sent_to_another_address(settings: Settings) -> None:
    store()
    use_remote(settings, "https://else.example.com", REMOTE_USER_ID="", REMOTE_TOKEN="")
    [warning] = warnings()
    assert warning.startswith("The stored token is that of chat.example.com, and REMOTE_URL is another address")
    use_remote(settings, f"{URL}/", REMOTE_USER_ID="", REMOTE_TOKEN="")
    assert warnings() == []


@pytest.mark.parametrize("change", [{"url": "https://evil.example.com"}, {"user_id": "another"}, {"encrypted_token": "x"}])
def test_a_row_that_somebody_changed_is_of_no_use(change: dict[str, str]) -> None:
    store()
    RemoteCredentials.objects.update(**change)
    [warning] = warnings()
    assert warning.startswith(WRONG_KEY)


def test_the_key_can_be_replaced(watched: ReplayServer, settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert find_account().token == TOKEN
    assert "run manage.py statistics_remote rotate" in run("show")
    assert run("rotate") == "Encrypted with the present SECRET_KEY.\n"
    assert run("rotate") == "It is already: nothing was changed.\n"
    settings.SECRET_KEY_FALLBACKS = []
    assert find_account().token == TOKEN
    assert "Encrypted with the present SECRET_KEY." in run("show")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    assert len(warnings()) == 1


def test_setting_a_token_encrypts_with_the_newest_key(settings: Settings) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    store()
    settings.SECRET_KEY_FALLBACKS = []
    assert find_account().token == TOKEN


def test_a_wrong_key_is_one_sentence_everywhere(
    watched: ReplayServer, settings: Settings, admin_person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = admin_person.browser()
    settings.SECRET_KEY = NEW
    with pytest.raises(RemoteError, match=WRONG_KEY) as caught:
        generation.generate(Origin.COMMAND)
    assert caught.value.__suppress_context__
    assert WRONG_KEY in run("show")
    assert warnings()[0].startswith(WRONG_KEY)
    settings.SECRET_KEY_FALLBACKS = [OLD]  # so that the session is still valid
    RemoteCredentials.objects.update(url="https://evil.example.com")
    assert browser.post("/statistics/refresh/").status_code == 302
    assert WRONG_KEY in browser.get("/statistics/").content.decode()
    assert watched.received == []
    with pytest.raises(CommandError, match=WRONG_KEY):
        run("rotate")
    assert TOKEN not in caplog.text


def test_without_an_account_everything_says_what_to_do(viewer: Person) -> None:
    [warning] = warnings()
    assert warning.startswith(
        "There are no credentials to ask a server with: set REMOTE_USER_ID and REMOTE_TOKEN, or store them"
    )
    response = viewer.get("statistics", refresh="true")
    assert response.status_code == 503
    assert "manage.py statistics_remote set" in response.json()["error"]
    assert run("show").startswith("No account is stored.")
    assert run("remove") == "No account is stored.\n"
    with pytest.raises(CommandError, match="No account is stored"):
        run("rotate")


def test_an_account_can_be_removed() -> None:
    store()
    assert run("remove") == "Removed.\n"
    assert not RemoteCredentials.objects.exists()


@pytest.mark.parametrize(
    ("url", "token", "error"),
    [
        ("", TOKEN, "The address cannot be used. It must have 1 to 500 characters."),
        ("chat.example.com", TOKEN, "The address cannot be used. It must be an address"),
        ("https://ada:hidden@chat.example.com", TOKEN, "The address cannot be used."),
        (f"https://{'x' * 500}.example.com", TOKEN, "The address cannot be used. It must have"),
        (URL, "", "The token cannot be used. It must have 1 to 500 characters."),
        (URL, "hidden token", "The token cannot be used. It must be a text"),
    ],
)
def test_what_cannot_be_an_account_is_refused_and_not_shown(url: str, token: str, error: str) -> None:
    with pytest.raises(CommandError) as caught:
        store(url, token)
    assert str(caught.value).startswith(error)
    assert "hidden" not in str(caught.value)
    assert not RemoteCredentials.objects.exists()


def test_an_unencrypted_address_that_is_stored_is_w004() -> None:
    store("http://chat.example.com")
    assert "statistics_app.W004" in [one.id for one in run_checks(databases=["default"])]


def test_checks_without_a_database_ask_none(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert [one for one in run_checks() if str(one.id).startswith("statistics_app.")] == []


def test_the_admin_shows_the_account_to_superusers_without_the_token(admin_person: Person, viewer: Person) -> None:
    store()
    page = admin_person.browser().get("/admin/statistics_app/remotecredentials/1/change/").content.decode()
    assert URL in page
    assert "Encrypted with the present SECRET_KEY." in page
    assert TOKEN not in page
    assert RemoteCredentials.objects.get().encrypted_token not in page


def test_without_the_package_one_sentence_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from django.conf import settings; settings.configure(SECRET_KEY='x', SECRET_KEY_FALLBACKS=[])\n"
        "from statistics_app.sources.token_encryption import EncryptionError, decrypt, encrypt\n"
        "for function in (encrypt, decrypt):\n"
        "    try: function('token', 'owner')\n"
        "    except EncryptionError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.count("install it with pip install 'workspace-statistics[remote]'.") == 2


def test_an_account_is_not_shown_by_its_representation() -> None:
    assert TOKEN not in repr(RemoteAccount(URL, USER_ID, TOKEN))
