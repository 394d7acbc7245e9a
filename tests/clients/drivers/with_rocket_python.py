"""Drives PyPI's rocket-python."""

import json
import sys
from contextlib import contextmanager
from importlib.metadata import version
from urllib.parse import urlencode

from conversation import Refusal, converse, told_by
from requests import HTTPError
from rocketchat.api import RocketChatAPI
from rocketchat.calls.auth.get_me import GetMe
from rocketchat.calls.base import RocketChatBase


class Get(RocketChatBase):
    """A call that the library has none for, made as its own are."""

    def build_endpoint(self, path, **parameters):
        """Write the address; the library sends parameters in no other way."""
        return f"/api/v1/{path}?{urlencode(parameters)}"


class Client:
    """One user of the library."""

    def __init__(self, url):
        self.settings = {"domain": url}

    @property
    def chat(self):
        """The library's front door."""
        return RocketChatAPI(settings=self.settings)

    def version(self):
        """Name what is installed."""
        return version("rocket-python")

    def login(self, user, password):
        """Log in as each call does that knows a password; what the call then bears is used from here on."""
        with refusals():
            call = GetMe(settings={**self.settings, "username": user, "password": password})
        self.use(call.auth_user_id, call.auth_token)
        return {"user_id": call.auth_user_id, "token": call.auth_token}

    def use(self, user_id, token):
        """Take an id and a token in place of a password."""
        self.settings = {"domain": self.settings["domain"], "user_id": user_id, "token": token}

    def forget(self, user, password):
        """Know the password only, as the library's documentation has it."""
        self.settings = {"domain": self.settings["domain"], "username": user, "password": password}

    def me(self):
        """Ask who one is."""
        with refusals():
            return self.chat.get_my_info()

    def statistics(self, **parameters):
        """Ask for the statistics."""
        return self.get("statistics", **parameters)

    def list(self, offset, count, sort):
        """Ask for one page of rows."""
        return self.get("statistics.list", offset=offset, count=count, sort=json.dumps(sort))["statistics"]

    def logout(self):
        """End the token."""
        with refusals():
            return self.chat.logout()

    def get(self, path, **parameters):
        """Make a call of our own."""
        with refusals():
            return Get(settings=self.settings).call(path=path, **parameters)


@contextmanager
def refusals():
    """Tell what the library lets through from requests."""
    try:
        yield
    except HTTPError as error:
        raise Refusal(type(error).__name__, **told_by(error.response)) from error


converse(Client(sys.argv[1]))
