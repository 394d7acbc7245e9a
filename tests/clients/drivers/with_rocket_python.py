"""Driver for PyPI's rocket-python."""

import json
import sys
from contextlib import contextmanager
from importlib.metadata import version
from urllib.parse import urlencode

from driver_protocol import Refusal, refusal_fields, serve
from requests import HTTPError
from rocketchat.api import RocketChatAPI
from rocketchat.calls.auth.get_me import GetMe
from rocketchat.calls.base import RocketChatBase


class Get(RocketChatBase):
    """A GET of any path, defined as the library defines its own calls."""

    def build_endpoint(self, path, **parameters):
        """Return the path with the parameters, which the library cannot send in another way."""
        return f"/api/v1/{path}?{urlencode(parameters)}"


class Client:
    """A user of the library, with a method for each command."""

    def __init__(self, url):
        self.settings = {"domain": url}

    @property
    def chat(self):
        """The library's main object, with the current settings."""
        return RocketChatAPI(settings=self.settings)

    def version(self):
        """Return the installed version."""
        return version("rocket-python")

    def login(self, user, password):
        """Log in as every call with a password does, and use the credentials of that call from now on."""
        with refusals():
            call = GetMe(settings={**self.settings, "username": user, "password": password})
        self.use_token(call.auth_user_id, call.auth_token)
        return {"user_id": call.auth_user_id, "token": call.auth_token}

    def use_token(self, user_id, token):
        """Use an id and a token instead of a password."""
        self.settings = {"domain": self.settings["domain"], "user_id": user_id, "token": token}

    def use_password(self, user, password):
        """Use a name and a password instead of a token, as the library's documentation shows."""
        self.settings = {"domain": self.settings["domain"], "username": user, "password": password}

    def me(self):
        """Fetch the current user."""
        with refusals():
            return self.chat.get_my_info()

    def statistics(self, **parameters):
        """Fetch the statistics."""
        return self.get("statistics", **parameters)

    def list(self, offset, count, sort):
        """Fetch one page of snapshots."""
        return self.get("statistics.list", offset=offset, count=count, sort=json.dumps(sort))["statistics"]

    def logout(self):
        """Log out, which revokes the token."""
        with refusals():
            return self.chat.logout()

    def get(self, path, **parameters):
        """Return the result of a GET."""
        with refusals():
            return Get(settings=self.settings).call(path=path, **parameters)


@contextmanager
def refusals():
    """Convert errors of the library requests to refusals."""
    try:
        yield
    except HTTPError as error:
        raise Refusal(type(error).__name__, **refusal_fields(error.response)) from error


serve(Client(sys.argv[1]))
