"""Driver for PyPI's rocketchat_API: versions 3 and 2 return JSON or raise, version 1 returns every response, refused or not."""

import json
import sys
from contextlib import contextmanager
from importlib.metadata import version
from itertools import islice

from driver_protocol import Refusal, refusal_fields, serve
from rocketchat_API.APIExceptions import RocketExceptions
from rocketchat_API.rocketchat import RocketChat


class Client:
    """A user of the library, with a method for each command."""

    def __init__(self, url):
        self.url = url
        self.chat = None

    def version(self):
        """Return the installed version."""
        return version("rocketchat-API")

    def login(self, user, password):
        """Log in with the constructor."""
        with refusals():
            self.chat = RocketChat(user, password, server_url=self.url)
        return {"user_id": self.chat.headers["X-User-Id"], "token": self.chat.headers["X-Auth-Token"]}

    def use_token(self, user_id, token):
        """Use an id and a token instead of a password."""
        self.chat = RocketChat(user_id=user_id, auth_token=token, server_url=self.url)

    def me(self):
        """Fetch the current user."""
        return read(self.chat.me)

    def info(self):
        """Fetch the version of the server."""
        return read(self.chat.info)

    def statistics(self, **parameters):
        """Fetch the statistics."""
        return read(self.chat.statistics, **parameters)

    def list(self, offset, count, sort):
        """Fetch one page of snapshots."""
        result = read(self.chat.statistics_list, offset=offset, count=count, sort=json.dumps(sort))
        # Version 3 follows the pages by itself and yields the snapshots.
        return result["statistics"] if isinstance(result, dict) else list(islice(result, count))

    def list_all(self, **parameters):
        """Fetch all snapshots; version 3 only."""
        return list(read(self.chat.statistics_list, **parameters))

    def logout(self):
        """Log out, which revokes the token."""
        return read(self.chat.logout)


@contextmanager
def refusals():
    """Convert the library's exceptions to refusals."""
    try:
        yield
    except RocketExceptions.RocketAuthenticationException as error:
        raise Refusal(kind(error)) from error  # the exception has no details
    except Exception as error:
        if hasattr(error, "error_type"):
            raise Refusal(kind(error), error.status_code, error.error, error.error_type) from error
        if getattr(error, "response_json", None):
            raise Refusal(kind(error), error.status_code, error.response_json["message"]) from error
        if hasattr(error, "status_code"):  # version 2 has the body only in its message
            raise Refusal(kind(error), error.status_code, error.message) from error
        raise


def read(call, **parameters):
    """Return the JSON of a call, parsed here if the library returns the response itself."""
    with refusals():
        result = call(**parameters)
    if not hasattr(result, "status_code"):
        return result
    if not result.ok:
        raise Refusal(kind(result), **refusal_fields(result))
    return result.json()


def kind(value):
    """Return the name of a value's class."""
    return type(value).__name__


serve(Client(sys.argv[1]))
