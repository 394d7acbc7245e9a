"""The clients that have to work as published, and what each of them tells of a refusal."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from tests.services.programs import ROOT

DRIVERS = Path(__file__).resolve().parent / "drivers"
ENVIRONMENTS = ROOT / ".venv" / "clients"
NODE_MODULES = ROOT / "node_modules"
# The set-up's own comes first: it is there only where the machine has none, or an old one.
NODE = shutil.which("node", path=ROOT / ".venv" / "node" / "bin") or shutil.which("node")

NOT_LOGGED_IN = "You must be logged in to do this."
NOT_ALLOWED = "error-not-allowed"


@dataclass(frozen=True)
class Refusal:
    """What a client tells of a refusal: how it tells it, and whatever of the rest it passes on."""

    kind: str
    status: int | None = None
    message: str | None = None
    error_type: str | None = None


@dataclass(frozen=True)
class Published:
    """One client in one version, and what its user learns when a login, a token or a permission is refused."""

    name: str
    version: str
    driver: str
    wrong_password: Refusal
    dead_token: Refusal
    no_permission: Refusal
    after_logout: Refusal | None = None  # where it is not the dead token that is refused then

    @property
    def full_name(self) -> str:
        """Name it with its version."""
        return f"{self.name}-{self.version}"

    @property
    def is_for_node(self) -> bool:
        """Say whether Node.js runs it."""
        return self.driver.endswith(".js")

    @property
    def command(self) -> list[str]:
        """The program that drives it, in its own environment."""
        interpreter = NODE if self.is_for_node else str(ENVIRONMENTS / self.full_name / "bin" / "python")
        return [interpreter or "node", str(DRIVERS / self.driver)]

    @property
    def is_installed(self) -> bool:
        """Say whether its environment is complete."""
        return (NODE_MODULES if self.is_for_node else ENVIRONMENTS / self.full_name).joinpath(".made").exists()


def handed_over(kind: str) -> tuple[Refusal, Refusal, Refusal]:
    """List what a client tells that leaves the whole answer to its user."""
    return (
        Refusal(kind, 401, "Unauthorized"),
        Refusal(kind, 401, NOT_LOGGED_IN),
        Refusal(kind, 403, NOT_ALLOWED, NOT_ALLOWED),
    )


ROCKETCHAT_API_3 = Published(
    "rocketchat-api",
    "3.7.1",
    "with_rocketchat_api.py",
    wrong_password=Refusal("RocketAuthenticationException"),
    dead_token=Refusal("RocketBadStatusCodeException", 401, NOT_LOGGED_IN),
    no_permission=Refusal("RocketApiException", 403, NOT_ALLOWED, NOT_ALLOWED),
)
ROCKETCHAT_API_2 = replace(
    ROCKETCHAT_API_3,
    version="2.1.0",
    # Its message is a sentence of its own with the body inside.
    dead_token=Refusal(
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
    dead_token=Refusal("Response", 401, NOT_LOGGED_IN),
    no_permission=Refusal("Response", 403, NOT_ALLOWED, NOT_ALLOWED),
)
ROCKETCHAT_API_1_0 = replace(ROCKETCHAT_API_1_37, version="1.0.0")
ROCKETCHAT = Published(
    "rocketchat",
    "1.0.0",
    "with_rocketchat.py",
    wrong_password=Refusal("Exception", message="Unauthorized"),
    # It takes this for the answer, since there is no `error` in it.
    dead_token=Refusal("answer", message=NOT_LOGGED_IN),
    no_permission=Refusal("RocketChatError", message=NOT_ALLOWED, error_type=NOT_ALLOWED),
)
ROCKET_PYTHON = Published("rocket-python", "1.3.4", "with_rocket_python.py", *handed_over("HTTPError"))
SDK = Published(
    "sdk",
    "0.2.9",
    "with_sdk.js",
    wrong_password=Refusal("Error", message="Unauthorized"),
    dead_token=Refusal("log", message=NOT_LOGGED_IN),
    no_permission=Refusal("log", message=NOT_ALLOWED, error_type=NOT_ALLOWED),
    # It forgets its token, and before the next call tries to log in with the account of its settings.
    after_logout=Refusal("log", message="[API] Login failed for bot"),
)
SDK_ALPHA = Published("sdk", "1.0.0-alpha.42", "with_sdk_alpha.js", *handed_over("thrown"))
API_CLIENT = Published("api-client", "0.2.57", "with_api_client.js", *handed_over("Response"))

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
