"""The kinds of exports that can be imported, by their name on the command line."""

from collections.abc import Mapping

from .export import Export
from .mattermost.export import MattermostExport
from .rocketchat.export import RocketChatExport
from .slack.export import SlackExport
from .zulip.export import ZulipExport

KINDS: Mapping[str, type[Export]] = {
    "rocketchat": RocketChatExport,
    "slack": SlackExport,
    "mattermost": MattermostExport,
    "zulip": ZulipExport,
}
