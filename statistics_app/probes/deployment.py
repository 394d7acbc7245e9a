"""How this workspace was put where it runs."""

from ..conf import setting


def read_deploy() -> dict[str, str]:
    """Read what the host's settings say of the deployment."""
    return {"method": setting("DEPLOY_METHOD"), "platform": setting("DEPLOY_PLATFORM")}
