"""What a host's own tests use: `SourceContract`, which proves that its source answers exactly."""

from . import wanted
from .contract import SourceContract
from .wanted import Message, Read, Room, Team, Upload, User

__all__ = ["Message", "Read", "Room", "SourceContract", "Team", "Upload", "User", "wanted"]
