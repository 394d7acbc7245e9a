"""The clients that have to work as published, and how each of them reports a refusal."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from tests.services.programs import ROOT

DRIVERS = Path(__file__).resolve().parent / "drivers"
ENVIRONMENTS = ROOT / ".venv" / "clients"
NODE_MODULES = ROOT / "node_modules"
# The set-up installs its own Node.js only if the machine has none or an old one; it takes precedence.
NODE = shutil.which("node", path=ROOT / ".venv" / "node" / "bin") or shutil.which("node")

NOT_LOGGED_IN = "You must be logged in to do this."
NOT_ALLOWED = "error-not-allowed"


@dataclass(frozen=True)
class Refusal:
    """A refusal as a client reports it: the kind of report, and those parts of the response that it contains."""

    kind: str
    status: int | None = None
    message: str | None = None
    error_type: str | None = None


@dataclass(frozen=True)
class PublishedClient:
    """One version of a client, and how it reports that a login, a token or a permission is refused."""

    name: str
    version: str
    driver: str
    wrong_password: Refusal
    revoked_token: Refusal
    no_permission: Refusal
    after_logout: Refusal | None = None  # if it is not the report of a revoked token

    @property
    def full_name(self) -> str:
        """The name with the version."""
        return f"{self.name}-{self.version}"

    @property
    def is_for_node(self) -> bool:
        """Whether the client runs in Node.js."""
        return self.driver.endswith(".js")

    @property
    def command(self) -> list[str]:
        """The command that runs its driver in its own environment."""
        interpreter = NODE if self.is_for_node else str(ENVIRONMENTS / self.full_name / "bin" / "python")
        return [interpreter or "node", str(DRIVERS / self.driver)]

    @property
    def is_installed(self) -> bool:
        """Whether its environment is complete."""
        return (NODE_MODULES if self.is_for_node else ENVIRONMENTS / self.full_name).joinpath(".made").exists()


def passed_on(kind: str) -> tuple[Refusal, Refusal, Refusal]:
    """Return the refusals of a client that passes the complete response to its user."""
    return (
        Refusal(kind, 401, "Unauthorized"),
        Refusal(kind, 401, NOT_LOGGED_IN),
        Refusal(kind, 403, NOT_ALLOWED, NOT_ALLOWED),
    )


ROCKETCHAT_API_3 = PublishedClient(
    "rocketchat-api",
    "3.7.1",
    "with_rocketchat_api.py",
    wrong_password=Refusal("RocketAuthenticationException"),
    revoked_token=Refusal("RocketBadStatusCodeException", 401, NOT_LOGGED_IN),
    no_permission=Refusal("RocketApiException", 403, NOT_ALLOWED, NOT_ALLOWED),
)
ROCKETCHAT_API_2 = replace(
    ROCKETCHAT_API_3,
    version="2.1.0",
    # Its message is its own sentence, which contains the body.
    revoked_token=Refusal(
        "RocketBadStatusCodeException",
        401,
        'Wrong status code received: 401. Response: {"status":"error","message":"You must be logged in to do this."}',
    ),
    no_permission=Refusal(
        "RocketBadStatusCodeException",
        403,
        "Wrong status code received: 403. "
        'Response: {"success":false,"error":"error-not-allowed","errorType":"error-not-allowed"}',
    ),
)
ROCKETCHAT_API_1_37 = replace(
    ROCKETCHAT_API_3,
    version="1.37.0",
    revoked_token=Refusal("Response", 401, NOT_LOGGED_IN),
    no_permission=Refusal("Response", 403, NOT_ALLOWED, NOT_ALLOWED),
)
ROCKETCHAT_API_1_0 = replace(ROCKETCHAT_API_1_37, version="1.0.0")
ROCKETCHAT = PublishedClient(
    "rocketchat",
    "1.0.0",
    "with_rocketchat.py",
    wrong_password=Refusal("Exception", message="Unauthorized"),
    # It returns this as the result, since the body has no `error`.
    revoked_token=Refusal("result", message=NOT_LOGGED_IN),
    no_permission=Refusal("RocketChatError", message=NOT_ALLOWED, error_type=NOT_ALLOWED),
)
ROCKET_PYTHON = PublishedClient("rocket-python", "1.3.4", "with_rocket_python.py", *passed_on("HTTPError"))
SDK = PublishedClient(
    "sdk",
    "0.2.9",
    "with_sdk.js",
    wrong_password=Refusal("Error", message="Unauthorized"),
    revoked_token=Refusal("log", message=NOT_LOGGED_IN),
    no_permission=Refusal("log", message=NOT_ALLOWED, error_type=NOT_ALLOWED),
    # It discards its token, and before the next call tries to log in with the account in its settings.
    after_logout=Refusal("log", message="[API] Login failed for bot"),
)
SDK_ALPHA = PublishedClient("sdk", "1.0.0-alpha.42", "with_sdk_alpha.js", *passed_on("thrown"))
API_CLIENT = PublishedClient("api-client", "0.2.57", "with_api_client.js", *passed_on("Response"))

ALL = [
    ROCKETCHAT_API_3,
    ROCKETCHAT_API_2,
    ROCKETCHAT_API_1_37,
    ROCKETCHAT_API_1_0,
    ROCKETCHAT,
    ROCKET_PYTHON,
    SDK,
    SDK_ALPHA,
    API_CLIENT,
]
