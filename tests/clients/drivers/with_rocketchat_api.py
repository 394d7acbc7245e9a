"""Drives PyPI's rocketchat_API: 3 and 2 answer with JSON, or raise; 1 hands over each response as it came, refused or not."""

import json
import sys
from contextlib import contextmanager
from importlib.metadata import version
from itertools import islice

from conversation import Refusal, converse, told_by
from rocketchat_API.APIExceptions import RocketExceptions
from rocketchat_API.rocketchat import RocketChat


class Client:
    """One user of the library."""

    def __init__(self, url):
        self.url = url
        self.chat = None

    def version(self):
        """Name what is installed."""
        return version("rocketchat-API")

    def login(self, user, password):
        """Log in as the constructor does."""
        with refusals():
            self.chat = RocketChat(user, password, server_url=self.url)
        return {"user_id": self.chat.headers["X-User-Id"], "token": self.chat.headers["X-Auth-Token"]}

    def use(self, user_id, token):
        """Take an id and a token in place of a password."""
        self.chat = RocketChat(user_id=user_id, auth_token=token, server_url=self.url)

    def me(self):
        """Ask who one is."""
        return read(self.chat.me)

    def info(self):
        """Ask for the version."""
        return read(self.chat.info)

    def statistics(self, **parameters):
        """Ask for the statistics."""
        return read(self.chat.statistics, **parameters)

    def list(self, offset, count, sort):
        """Ask for one page of rows."""
        said = read(self.chat.statistics_list, offset=offset, count=count, sort=json.dumps(sort))
        # 3 follows the pages by itself, and gives row after row.
        return said["statistics"] if isinstance(said, dict) else list(islice(said, count))

    def list_all(self, **parameters):
        """Ask for all rows; 3 only."""
        return list(read(self.chat.statistics_list, **parameters))

    def logout(self):
        """End the token."""
        return read(self.chat.logout)


@contextmanager
def refusals():
    """Tell what the library raises."""
    try:
        yield
    except RocketExceptions.RocketAuthenticationException as error:
        raise Refusal(kind(error)) from error  # it says no more than that
    except Exception as error:
        if hasattr(error, "error_type"):
            raise Refusal(kind(error), error.status_code, error.error, error.error_type) from error
        if getattr(error, "response_json", None):
            raise Refusal(kind(error), error.status_code, error.response_json["message"]) from error
        if hasattr(error, "status_code"):  # 2 has the body within its message only
            raise Refusal(kind(error), error.status_code, error.message) from error
        raise


def read(call, **parameters):
    """Call, and read the response where the library leaves that to its user."""
    with refusals():
        said = call(**parameters)
    if not hasattr(said, "status_code"):
        return said
    if not said.ok:
        raise Refusal(kind(said), **told_by(said))
    return said.json()


def kind(thing):
    """Name the class of a thing."""
    return type(thing).__name__


converse(Client(sys.argv[1]))
