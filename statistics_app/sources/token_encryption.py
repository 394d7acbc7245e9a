"""Encryption of a token that the database keeps, with keys that are derived from Django's secret keys.

`SECRET_KEY` encrypts; `SECRET_KEY_FALLBACKS` decrypt too, so that the key can be replaced, as for Django's signatures.
"""

import base64
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.encoding import force_bytes

from ..exceptions import StatisticsError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

_PURPOSE = "statistics_app.remote_token"
_NOT_INSTALLED = (
    "A stored token is encrypted, which needs the package cryptography: "
    "install it with pip install 'workspace-statistics[remote]'."
)


class EncryptionError(StatisticsError):
    """A token that cannot be encrypted or decrypted; the message says what to do."""


def encrypt(token: str, owner: str) -> str:
    """Encrypt a token with the present key. Errors: EncryptionError if the package for it is not installed.

    `owner` says whose token it is; with another one, it cannot be decrypted, so nobody can have it sent somewhere else by
    changing the row of the database that it is in.
    """
    return next(_ciphers(owner)).encrypt(token.encode()).decode()


def decrypt(encrypted: str, owner: str) -> str:
    """Decrypt a token with the present key or a former one. Errors: EncryptionError."""
    return _decrypt(encrypted, owner)[0]


def is_of_present_key(encrypted: str, owner: str) -> bool:
    """Return whether a token is encrypted with the present key. Errors: EncryptionError if no key decrypts it."""
    return _decrypt(encrypted, owner)[1] == 0


def _decrypt(encrypted: str, owner: str) -> tuple[str, int]:
    """Return a token, and the place of its key among the present one and the former ones."""
    ciphers = list(_ciphers(owner))
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - an optional package

    for place, cipher in enumerate(ciphers):
        try:
            return cipher.decrypt(encrypted.encode()).decode(), place
        except InvalidToken:
            continue
    raise EncryptionError(
        "The stored token cannot be decrypted: it was encrypted with another SECRET_KEY, or its row was changed. "
        "Put the former key into SECRET_KEY_FALLBACKS, or enter the token again with manage.py statistics_remote set."
    )


def _ciphers(owner: str) -> "Iterator[Fernet]":
    """Yield what encrypts and decrypts tokens of an owner, by the present key and by each former one."""
    try:
        from cryptography.fernet import Fernet  # noqa: PLC0415 - an optional package, which takes long to import
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415
    except ImportError as error:
        raise EncryptionError(_NOT_INSTALLED) from error
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        derived = HKDF(SHA256(), length=32, salt=None, info=f"{_PURPOSE}\n{owner}".encode()).derive(force_bytes(key))
        yield Fernet(base64.urlsafe_b64encode(derived))
