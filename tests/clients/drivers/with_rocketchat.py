"""Driver for PyPI's rocketchat."""

import json
import sys
from importlib.metadata import version

from driver_protocol import Refusal, serve
from rocketchat import RocketChat
from rocketchat.rocketchat import RocketChatError


class Completed(RocketChat):
    """The library's class with an attribute that it uses and never sets; requests and responses are handled by the library.

    As published it cannot be constructed: the constructor logs in without the name and password that it was given, at a URL
    that it builds from this attribute.
    """

    api_v1_path = "/api/v1/"

    def __init__(self, url):
        self.url = url
        self.user_id = self.auth_token = ""


class Client:
    """A user of the library, with a method for each command."""

    def __init__(self, url):
        self.url = url
        self.chat = Completed(url)

    def version(self):
        """Return the installed version."""
        return version("rocketchat")

    def construct(self, user, password):
        """Construct the library's class as its documentation shows."""
        try:
            RocketChat(self.url, user, password)
        except Exception as error:
            raise Refusal(type(error).__name__, message=str(error)) from error

    def login(self, **credentials):
        """Log in with a name and a password, or with a token."""
        try:
            self.chat.login(**credentials)
        except Exception as error:  # the library has no specific class for this
            raise Refusal(type(error).__name__, message=str(error)) from error
        return {"user_id": self.chat.user_id, "token": self.chat.auth_token}

    def use_token(self, user_id, token):
        """Log in with a token, since the library does not accept an id with a token."""
        self.login(resume=token)

    def me(self):
        """Fetch the current user."""
        return read(self.chat.me)

    def statistics(self, **parameters):
        """Fetch the statistics."""
        return read(self.chat.statistics, **parameters)

    def list(self, offset, count, sort):
        """Fetch one page of snapshots."""
        return read(self.chat.statistics.list, offset=offset, count=count, sort=json.dumps(sort))["statistics"]

    def logout(self):
        """Log out, which revokes the token."""
        return read(self.chat.logout)


def read(call, **parameters):
    """Return the result of a call, or raise a refusal.

    The library raises an exception only if the body has an `error`. The 401 for a revoked token has none, and is returned as
    the result.
    """
    try:
        result = call(**parameters)
    except RocketChatError as error:
        raise Refusal(type(error).__name__, message=error.error, error_type=error.errorType) from error
    if result.get("status") == "error":
        raise Refusal("result", message=result["message"])
    return result


serve(Client(sys.argv[1]))
