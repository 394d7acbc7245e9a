"""Credentials where tokens die: each request logs in anew, unless a link brought credentials along.

Schemathesis loads this in a process of its own.
"""

import os
from typing import Any

import schemathesis
from schemathesis import AuthContext, Case, HookContext

from . import hooks

__all__ = ["hooks"]

ACCOUNTS = os.environ["CONTRACT_USER_IDS"].split()
NAMES = {"user", "username", "email"}
HEADERS = ("X-User-Id", "X-Auth-Token")
# Not the account that the logins under test are made with: those fail often, and then its name has to wait.
LOGIN = {"user": "member", "password": "correct horse battery staple"}

Credentials = dict[str, str]


@schemathesis.auth(refresh_interval=None).skip_for(operation_id="login.post")
class FreshLogin:
    """Logs in for one request."""

    def get(self, case: Case, context: AuthContext) -> Credentials:
        """Keep what a link took from an earlier answer, dead or alive; else log in."""
        if case.headers.get("X-User-Id") in ACCOUNTS:
            return {name: case.headers[name] for name in HEADERS if name in case.headers}
        login: Any = context.operation.schema
        answer = login.find_operation_by_id("login.post").Case(body=LOGIN, media_type="application/json").call()
        data = answer.json()["data"]
        return dict(zip(HEADERS, (data["userId"], data["authToken"]), strict=True))

    def set(self, case: Case, data: Credentials, context: AuthContext) -> None:
        """Write the headers."""
        case.headers.update(data)


@schemathesis.hook.apply_to(operation_id="login.post")
def map_body(context: HookContext, body: Any) -> Any:
    """Let most logins go by the password: a token, which goes first, would be a made-up one."""
    if isinstance(body, dict) and "password" in body and NAMES & body.keys() and len(body) % 4:
        return {name: value for name, value in body.items() if name != "resume"}
    return body
