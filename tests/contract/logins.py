"""Credentials for operations that revoke tokens: each request logs in again, unless a link provided credentials.

Schemathesis loads this module in its own process.
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
# Not the account of the logins under test: those fail often, after which further attempts have to wait.
LOGIN = {"user": "member", "password": "correct horse battery staple"}

Credentials = dict[str, str]


@schemathesis.auth(refresh_interval=None).skip_for(operation_id="login.post")
class FreshLogin:
    """Credentials from a login for a single request."""

    def get(self, case: Case, context: AuthContext) -> Credentials:
        """Return the credentials that a link took from an earlier response, valid or not; else log in."""
        if case.headers.get("X-User-Id") in ACCOUNTS:
            return {name: case.headers[name] for name in HEADERS if name in case.headers}
        login: Any = context.operation.schema
        response = login.find_operation_by_id("login.post").Case(body=LOGIN, media_type="application/json").call()
        data = response.json()["data"]
        return dict(zip(HEADERS, (data["userId"], data["authToken"]), strict=True))

    def set(self, case: Case, data: Credentials, context: AuthContext) -> None:
        """Add the credential headers to the request."""
        case.headers.update(data)


@schemathesis.hook.apply_to(operation_id="login.post")
def map_body(context: HookContext, body: Any) -> Any:
    """Remove `resume` from most logins with a password, since it takes precedence and a generated token is invalid."""
    if isinstance(body, dict) and "password" in body and NAMES & body.keys() and len(body) % 4:
        return {name: value for name, value in body.items() if name != "resume"}
    return body
