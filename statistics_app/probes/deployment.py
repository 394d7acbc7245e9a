"""How this workspace was deployed, according to the settings."""

from ..conf import setting


def read_deploy() -> dict[str, str]:
    """Return the deployment's method and platform from the host's settings."""
    return {"method": setting("DEPLOY_METHOD"), "platform": setting("DEPLOY_PLATFORM")}
