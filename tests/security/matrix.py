"""Who gets what: for every URL and method, the expected answer to each kind of caller.

A line of a table is a path, methods (`*` for those that no line of the path names), and one answer for each column. An answer
is a status, a path that the caller is redirected to, or one of three words: `in` is a redirect to the page on which to sign in,
and from there back; `out` one to that page after signing out; `open` one to the page of an object.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .callers import Caller, Credential, Role

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
BY_SESSION = {Credential.SESSION}
BY_TOKEN = {Credential.TOKEN, Credential.BEARER}
ANYONE, NOT_STAFF = {Role.NOBODY}, {Role.NOBODY, Role.MEMBER, Role.VIEWER}
SIGNED_IN, VIEWERS = {Role.MEMBER, Role.STAFF}, {Role.VIEWER, Role.ANALYST, Role.SUPERUSER}


@dataclass(frozen=True)
class Door:
    """Some URLs, the credentials that they accept, which callers are one column, and where to sign in.

    `otherwise` has the answers to methods that no line names. Where forms are protected, each request that could change
    something is refused without the CSRF token, whoever sends it.
    """

    name: str
    accepts: set[Credential]
    columns: tuple[set[Role], ...]
    table: str
    otherwise: str
    is_form_protected: bool = True
    sign_in: str = ""

    def column_of(self, caller: Caller) -> int:
        """Return the column of a caller, for whom credentials of another kind count for nothing."""
        known = caller.role if caller.credential in self.accepts else Role.NOBODY
        return next(number for number, roles in enumerate(self.columns) if known in roles)

    def rows(self) -> Iterator[tuple[str, dict[str, list[str]]]]:
        """Yield each path with the answers by method."""
        rows: dict[str, dict[str, list[str]]] = {}
        for path, methods, *answers in (line.split() for line in self.table.strip().splitlines()):
            rows.setdefault(path, {}).update(dict.fromkeys(methods.split(","), answers))
        for path, named in rows.items():
            rest = named.pop("*", self.otherwise.split())
            yield path, {method: named.get(method, rest) for method in METHODS}


# Columns: nobody, signed in without the permission, viewer.
API = Door(
    "api",
    BY_TOKEN,
    (ANYONE, SIGNED_IN, VIEWERS),
    """
/api/v1/statistics                           GET,HEAD,POST  401  403  200
/api/v1/statistics.list                      GET,HEAD       401  403  200
/api/v1/statistics.history                   GET,HEAD       401  403  200
/api/v1/statistics.compare                   GET,HEAD       401  403  200
/api/v1/statistics.export                    GET,HEAD       401  403  200
/api/v1/statistics.activity                  GET,HEAD       401  403  200
/api/v1/statistics.rooms                     GET,HEAD       401  403  200
/api/v1/login                                POST           400  400  400
/api/v1/login                                *              405  405  405
/api/v1/logout                               GET,POST       401  200  200
/api/v1/logout                               *              401  405  405
/api/v1/me                                   GET,HEAD       401  200  200
/api/v1/me                                   *              401  405  405
/api/v1/info                                 GET,HEAD       200  200  200
/api/v1/info                                 *              405  405  405
/api/info                                    GET,HEAD       200  200  200
/api/info                                    *              405  405  405
/api/v1/schema                               GET,HEAD       200  200  200
/api/v1/schema                               *              405  405  405
/api/v1/docs                                 GET,HEAD       200  200  200
/api/v1/docs                                 *              405  405  405
/api/v1/users.getPersonalAccessTokens        GET,HEAD       401  200  200
/api/v1/users.getPersonalAccessTokens        *              401  405  405
/api/v1/users.generatePersonalAccessToken    POST           401  400  400
/api/v1/users.generatePersonalAccessToken    *              401  405  405
/api/v1/users.regeneratePersonalAccessToken  POST           401  400  400
/api/v1/users.regeneratePersonalAccessToken  *              401  405  405
/api/v1/users.removePersonalAccessToken      POST           401  400  400
/api/v1/users.removePersonalAccessToken      *              401  405  405
/api/v1/nothing                              *              404  404  404
/api                                         *              404  404  404
""",
    otherwise="401 403 405",
    is_form_protected=False,
)

# Columns: nobody, without the permission to see people, with it.
PEOPLE = Door(
    "people",
    BY_TOKEN,
    (ANYONE, SIGNED_IN | VIEWERS - {Role.SUPERUSER}, {Role.SUPERUSER}),
    """
/api/v1/statistics.people  GET,HEAD  401  403  200
""",
    otherwise="401 403 405",
    is_form_protected=False,
)

METRICS = Door(
    "metrics",
    {*BY_TOKEN, Credential.BASIC},
    API.columns,
    """
/metrics      GET,HEAD  401  403  200
/api/metrics  GET,HEAD  401  403  200
""",
    otherwise="401 403 405",
    is_form_protected=False,
)

PAGES = Door(
    "pages",
    BY_SESSION,
    (ANYONE, SIGNED_IN, VIEWERS),
    """
/                                         *              /statistics/  /statistics/         /statistics/
/statistics/                              GET,HEAD       in            403                  200
/statistics/refresh/                      POST           in            403                  /statistics/
/statistics/history/                      GET,HEAD       in            403                  200
/statistics/history/report/               GET,HEAD       in            403                  200
/statistics/history/embed/                GET,HEAD       in            403                  200
/statistics/history/file/                 GET,HEAD       in            403                  200
/statistics/activity/                     GET,HEAD       in            403                  200
/statistics/activity/file/                GET,HEAD       in            403                  200
/statistics/compare/                      GET,HEAD       in            403                  200
/statistics/definitions/                  GET,HEAD       in            403                  200
/statistics/as-of/{snapshot}/             GET,HEAD       204           204                  200
/statistics/as-of/{snapshot}/             *              204           204                  405
/statistics/snapshots/                    GET,HEAD       in            403                  200
/statistics/snapshots/of-step/            GET,HEAD       in            403                  open
/statistics/snapshots/export/             GET,HEAD       in            403                  200
/statistics/snapshots/{snapshot}/export/  GET,HEAD       in            403                  200
/statistics/snapshots/{snapshot}/         GET,HEAD       in            403                  200
/statistics/tokens/                       GET,HEAD,POST  in            200                  200
/statistics/tokens/                       *              in            405                  405
/statistics/tokens/displays/              POST           in            403                  200
/statistics/tokens/revoke/                POST           in            /statistics/tokens/  /statistics/tokens/
/statistics/tokens/revoke/                *              in            405                  405
/statistics/sign-in/                      GET,HEAD,POST  200           200                  200
/statistics/sign-in/                      *              405           405                  405
/statistics/sign-out/                     POST           out           out                  out
/statistics/sign-out/                     *              405           405                  405
/statistics/theme/                        POST           /statistics/  /statistics/         /statistics/
/statistics/theme/                        *              405           405                  405
/statistics/language/                     POST           /statistics/  /statistics/         /statistics/
/statistics/language/                     *              405           405                  405
/statistics/nothing/                      *              404           404                  404
""",
    otherwise="in 403 405",
    sign_in="/statistics/sign-in/",
)

# Columns: without the permission, viewer. A display's own token is a credential of these pages only.
DISPLAYS = Door(
    "displays",
    {*BY_SESSION, Credential.DISPLAY},
    (ANYONE | SIGNED_IN, VIEWERS),
    """
/statistics/display/           GET,HEAD  403  200
/statistics/display/activity/  GET,HEAD  403  200
/statistics/display/open/      *         403  403
""",
    otherwise="403 405",
)

# Column: everybody. Who made an address counts, and not who opens it.
EMBEDS = Door(
    "embeds",
    set(),
    ({*Role},),
    """
/statistics/embed/{embed}.svg  GET,HEAD  200
/statistics/embed/nothing.svg  GET,HEAD  404
/statistics/embed/nothing.png  GET,HEAD  404
""",
    otherwise="405",
)

# Columns: not staff, staff without permissions, staff who are viewers, superuser. The views of Django's admin take any method
# for GET but POST. The admin of the host's own tables has a test of its own.
ADMIN = Door(
    "admin",
    BY_SESSION,
    (NOT_STAFF, {Role.STAFF}, {Role.ANALYST}, {Role.SUPERUSER}),
    """
/admin/                                             *                 in       200      200      200
/admin/login/                                       GET               200      /admin/  /admin/  /admin/
/admin/login/                                       *                 200      200      200      200
/admin/login/                                       PATCH,DELETE      405      405      405      405
/admin/logout/                                      POST              /admin/  out      out      out
/admin/logout/                                      OPTIONS           /admin/  200      200      200
/admin/logout/                                      *                 /admin/  405      405      405
/admin/password_change/                             *                 in       200      200      200
/admin/password_change/                             PATCH,DELETE      in       405      405      405
/admin/password_change/done/                        GET,HEAD,OPTIONS  in       200      200      200
/admin/autocomplete/                                GET,HEAD          in       403      403      403
/admin/autocomplete/                                OPTIONS           in       200      200      200
/admin/jsi18n/                                      GET,HEAD,OPTIONS  in       200      200      200
/admin/r/0/0/                                       *                 in       404      404      404
/admin/nothing/                                     *                 in       404      404      404
/admin/statistics_app/                              *                 in       404      200      200
/admin/statistics_app/snapshot/                     *                 in       403      200      200
/admin/statistics_app/snapshot/add/                 *                 in       403      403      403
/admin/statistics_app/snapshot/take/                POST              in       /admin/  open     open
/admin/statistics_app/snapshot/{snapshot}/          *                 in       open     open     open
/admin/statistics_app/snapshot/{snapshot}/change/   *                 in       403      200      200
/admin/statistics_app/snapshot/{snapshot}/change/   POST              in       403      403      403
/admin/statistics_app/snapshot/{snapshot}/delete/   *                 in       403      403      403
/admin/statistics_app/snapshot/{snapshot}/history/  *                 in       403      200      200
/admin/statistics_app/tallyaudit/                   *                 in       403      200      200
/admin/statistics_app/tallyaudit/add/               *                 in       403      403      403
/admin/statistics_app/tallyaudit/{audit}/           *                 in       open     open     open
/admin/statistics_app/tallyaudit/{audit}/change/    *                 in       403      200      200
/admin/statistics_app/tallyaudit/{audit}/change/    POST              in       403      403      403
/admin/statistics_app/tallyaudit/{audit}/delete/    *                 in       403      403      403
/admin/statistics_app/tallyaudit/{audit}/history/   *                 in       403      200      200
/admin/statistics_app/remotecredentials/            *                 in       403      403      200
/admin/statistics_app/remotecredentials/add/        *                 in       403      403      403
/admin/statistics_app/remotecredentials/1/          *                 in       open     open     open
/admin/statistics_app/remotecredentials/1/change/   *                 in       403      403      200
/admin/statistics_app/remotecredentials/1/change/   POST              in       403      403      403
/admin/statistics_app/remotecredentials/1/delete/   *                 in       403      403      403
/admin/statistics_app/remotecredentials/1/history/  *                 in       403      403      200
/admin/statistics_app/accesstoken/                  *                 in       403      403      200
/admin/statistics_app/accesstoken/add/              *                 in       403      403      403
/admin/statistics_app/accesstoken/{token}/          *                 in       open     open     open
/admin/statistics_app/accesstoken/{token}/change/   *                 in       403      403      200
/admin/statistics_app/accesstoken/{token}/change/   POST              in       403      403      403
/admin/statistics_app/accesstoken/{token}/delete/   *                 in       403      403      200
/admin/statistics_app/accesstoken/{token}/history/  *                 in       403      403      200
""",
    otherwise="in 405 405 405",
    sign_in="/admin/login/",
)

# Answered by a middleware, to probes from a network of ours; to everyone else there are no such paths.
HEALTH_METHODS = {"GET", "HEAD"}

DOORS = (API, PEOPLE, METRICS, PAGES, DISPLAYS, EMBEDS, ADMIN)
