"""Drives PyPI's rocketchat."""

import json
import sys
from importlib.metadata import version

from conversation import Refusal, converse
from rocketchat import RocketChat
from rocketchat.rocketchat import RocketChatError


class Completed(RocketChat):
    """The library with what it asks itself for and does not have; all that it sends and reads is its own.

    As published it cannot be constructed: the constructor logs in, without the name and password that it was given,
    at an address that it builds from an attribute that nothing sets.
    """

    api_v1_path = "/api/v1/"

    def __init__(self, url):
        self.url = url
        self.user_id = self.auth_token = ""


class Client:
    """One user of the library."""

    def __init__(self, url):
        self.url = url
        self.chat = Completed(url)

    def version(self):
        """Name what is installed."""
        return version("rocketchat")

    def construct(self, user, password):
        """Begin as the library's documentation says."""
        try:
            RocketChat(self.url, user, password)
        except Exception as error:
            raise Refusal(type(error).__name__, message=str(error)) from error

    def login(self, **credentials):
        """Log in with a name and a password, or with a token."""
        try:
            self.chat.login(**credentials)
        except Exception as error:  # the library raises no class of its own here
            raise Refusal(type(error).__name__, message=str(error)) from error
        return {"user_id": self.chat.user_id, "token": self.chat.auth_token}

    def use(self, user_id, token):
        """Take a token in place of a password; the library has no place for an id and a token, so it is asked who that is."""
        self.login(resume=token)

    def me(self):
        """Ask who one is."""
        return read(self.chat.me)

    def statistics(self, **parameters):
        """Ask for the statistics."""
        return read(self.chat.statistics, **parameters)

    def list(self, offset, count, sort):
        """Ask for one page of rows."""
        return read(self.chat.statistics.list, offset=offset, count=count, sort=json.dumps(sort))["statistics"]

    def logout(self):
        """End the token."""
        return read(self.chat.logout)


def read(call, **parameters):
    """Call, and see what came.

    Only an `error` in the body makes the library raise. A dead token's 401 has none, and comes as if it were the answer.
    """
    try:
        said = call(**parameters)
    except RocketChatError as error:
        raise Refusal(type(error).__name__, message=error.error, error_type=error.errorType) from error
    if said.get("status") == "error":
        raise Refusal("answer", message=said["message"])
    return said


converse(Client(sys.argv[1]))
