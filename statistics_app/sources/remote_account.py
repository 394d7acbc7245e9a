"""The account that asks the remote server: that of the settings, otherwise the one that is stored with an encrypted token."""

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from ..conf import setting, value_error
from ..exceptions import StatisticsError
from ..models import RemoteCredentials
from ..models.remote_credentials import LONGEST_ADDRESS
from . import token_encryption

URL, USER_ID, TOKEN = "REMOTE_URL", "REMOTE_USER_ID", "REMOTE_TOKEN"


class NoAccount(StatisticsError):
    """There is no account that can ask the server; the message says what to do."""


@dataclass(frozen=True, slots=True)
class RemoteAccount:
    """The address of a server, and the credentials of an account that may see its statistics."""

    url: str
    user_id: str = field(repr=False)
    token: str = field(repr=False)


def is_in_settings() -> bool:
    """Return whether the credentials are in the settings, or were meant to be: then nothing that is stored counts."""
    return bool(setting(USER_ID) or setting(TOKEN))


def find_account() -> RemoteAccount:
    """Return the account that asks. Errors: NoAccount."""
    if is_in_settings():
        return RemoteAccount(setting(URL), setting(USER_ID), setting(TOKEN))
    stored = RemoteCredentials.objects.stored()
    if stored is None:
        raise NoAccount(
            "There are no credentials to ask a server with: set REMOTE_USER_ID and REMOTE_TOKEN, or store them with "
            "manage.py statistics_remote set."
        )
    if setting(URL) and not _is_same_address(setting(URL), stored.url):
        raise NoAccount(
            f"The stored token is that of {urlsplit(stored.url).netloc}, and REMOTE_URL is another address, where it is not "
            "sent. Store one for that address with manage.py statistics_remote set."
        )
    try:
        return RemoteAccount(stored.url, stored.user_id, token_encryption.decrypt(stored.encrypted_token, _owner(stored)))
    except token_encryption.EncryptionError as error:
        raise NoAccount(str(error)) from None


def store_account(account: RemoteAccount, now: datetime) -> None:
    """Store an account, whose token is encrypted. Errors: StatisticsError if it cannot be one, or cannot be encrypted."""
    for name, value in ((URL, account.url), (USER_ID, account.user_id), (TOKEN, account.token)):
        if expected := _expected(name, value):
            raise NoAccount(f"The {_NAMES[name]} cannot be used. {expected}")
    stored = RemoteCredentials(url=account.url, user_id=account.user_id)
    encrypted = token_encryption.encrypt(account.token, _owner(stored))
    RemoteCredentials.objects.store(account.url, account.user_id, encrypted, now)


def rotate_key(now: datetime) -> bool:
    """Encrypt the stored token with the present key, and return whether it was not yet. Errors: StatisticsError."""
    stored = _require_stored()
    if token_encryption.is_of_present_key(stored.encrypted_token, _owner(stored)):
        return False
    token = token_encryption.decrypt(stored.encrypted_token, _owner(stored))
    stored.encrypted_token, stored.encrypted_at = token_encryption.encrypt(token, _owner(stored)), now
    stored.save(update_fields=["encrypted_token", "encrypted_at"])
    return True


def remove_account() -> bool:
    """Remove the stored account, and return whether there was one."""
    return bool(RemoteCredentials.objects.all().delete()[0])


def state_of_token(stored: RemoteCredentials) -> str:
    """Say which key a stored token is encrypted with, or why it cannot be decrypted."""
    try:
        if token_encryption.is_of_present_key(stored.encrypted_token, _owner(stored)):
            return "Encrypted with the present SECRET_KEY."
    except token_encryption.EncryptionError as error:
        return str(error)
    return "Encrypted with a key of SECRET_KEY_FALLBACKS: run manage.py statistics_remote rotate before you remove that key."


_NAMES = {URL: "address", USER_ID: "user id", TOKEN: "token"}


def _expected(name: str, value: str) -> str:
    """Return what is wrong with a value, empty if it can be used."""
    if not value or len(value) > LONGEST_ADDRESS:
        return f"It must have 1 to {LONGEST_ADDRESS} characters."
    error = value_error(name, value)
    return error[1] if error else ""


def _require_stored() -> RemoteCredentials:
    stored = RemoteCredentials.objects.stored()
    if stored is None:
        raise NoAccount("No account is stored.")
    return stored


def _owner(stored: RemoteCredentials) -> str:
    return f"{stored.user_id}\n{stored.url}"


def _is_same_address(one: str, other: str) -> bool:
    return one.rstrip("/") == other.rstrip("/")
