"""What an archive may hold: no path that leaves it, and no more than a real one of its size can."""

from pathlib import PurePosixPath, PureWindowsPath

HIGHEST_RATIO = 250
# Below this size, even an archive of nothing but zeros does no harm.
HARMLESS_SIZE = 256 * 1024**2
LARGEST_SIZE = 4 * 1024**4


def refuse_bomb(location: str, packed: int, unpacked: int) -> None:
    """Raise ValueError if an archive of `packed` bytes claims to unpack to more bytes than it can hold of real data."""
    if unpacked > LARGEST_SIZE or (unpacked > HARMLESS_SIZE and unpacked > packed * HIGHEST_RATIO):
        raise ValueError(
            f"{location} is refused: its {packed:,} bytes would unpack to {unpacked:,} or more, {unpacked // max(packed, 1):,} "
            f"times as many. That is an archive made to exhaust a machine. If you trust it, unpack it, and import the folder."
        )


def escapes(name: str) -> bool:
    """Return whether a member's path leads out of the archive, on any system."""
    windows = PureWindowsPath(name)
    return bool(name.startswith("/") or windows.anchor or ".." in windows.parts or ".." in PurePosixPath(name).parts)
