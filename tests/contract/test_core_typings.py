"""A real answer is assignable to the type that Rocket.Chat publishes for its statistics, checked by TypeScript."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.clients.published_clients import NODE, NODE_MODULES
from tests.conftest import Person
from tests.factories import make_messages, make_room, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TYPINGS = NODE_MODULES / "core-typings-8.8.1" / "dist"
MISSING = "The test with Rocket.Chat's typings was skipped, since they or Node.js are not installed: make assets."
# What JSON cannot be: a date arrives as a text, and `lastMessageSentAt` is declared as a date alone.
DATES = {"lastMessageSentAt", "_updatedAt"}
# Required there, and nothing that a chat's tables or a machine under Django can answer, by subject.
NOT_OURS = {
    "what Rocket.Chat is made of, and its own configuration": """
        wizard deploymentFingerprintHash deploymentFingerprintVerified mongoVersion mongoStorageEngine oplogEnabled msEnabled
        enterpriseReady enterprise apps services settings fileStoreType statsToken pushQueue push pushSecured matrixFederation
        federatedServers federatedUsers federationOverviewData readReceiptsEnabled readReceiptsDetailed webRTCEnabled
        webRTCEnabledForOmnichannel logoChange homeTitleChanged homeBodyChanged customCSSChanged onLogoutCustomScriptChanged
        loggedOutCustomScriptChanged loggedInCustomScriptChanged showHomeButton uncaughtExceptionsCount emailInboxes""",
    "its features that a chat need not have": """
        integrations importer videoConf slashCommandsJitsi joinJitsiButton messageAuditApply messageAuditLoad dashboardCount
        totalCustomFields totalTriggers totalTriggeredEmails totalUserEmail2fa totalUserTOTP totalLinkInvitation
        totalLinkInvitationUses totalEmailInvitation totalManuallyAddedUsers totalE2ERooms totalEncryptedMessages
        totalBroadcastRooms totalStarred totalRoomsWithStarred totalSubscriptionRoles totalUserRoles totalCustomRoles
        totalWebRTCCalls voipEnabled voipCalls voipExtensions voipSuccessfulCalls voipErrorCalls voipOnHoldCalls
        omnichannelWebRTCCalls contactVerification""",
    "its omnichannel": """
        totalLivechatVisitors totalLivechatAgents totalLivechatManagers totalLivechatPublicCustomFields
        livechatAutomaticForwardingUnansweredChats livechatEnabled isDepartmentRemovalEnabled totalLivechatRoomsWithPriority
        totalLivechatRoomsWithDepartment omnichannelSources omnichannelContactsBySource uniqueContactsOfLastMonth
        uniqueContactsOfLastWeek uniqueContactsOfYesterday departments archivedDepartments routingAlgorithm onHoldEnabled
        BusinessHours lastChattedAgentPreferred assignNewConversationsToContactManager visitorAbandonment chatsOnHold""",
    "sessions and devices, of which nothing is stored": """
        uniqueUsersOfLastWeek uniqueUsersOfLastMonth uniqueUsersOfYesterday uniqueDevicesOfYesterday uniqueDevicesOfLastWeek
        uniqueDevicesOfLastMonth uniqueOSOfYesterday uniqueOSOfLastWeek uniqueOSOfLastMonth dailyPeakConnections
        maxMonthlyPeakConnections""",
}
# The parts of Node's types that the statistics refer to.
OF_NODE = """
declare module "node:os" {
  interface Times { user: number; nice: number; sys: number; idle: number; irq: number }
  interface CpuInfo { model: string; speed: number; times: Times }
}
declare namespace NodeJS { type Platform = "aix" | "darwin" | "freebsd" | "linux" | "openbsd" | "sunos" | "win32"; }
"""
PROGRAM = """
import type { IStats } from "./typings/IStats";
type Text<T> = { [K in keyof T]: K extends DATES ? string : T[K] };
type Required<T> = { [K in keyof T as {} extends Pick<T, K> ? never : K]: T[K] };
type Answered = Text<Omit<Required<IStats>, NOT_OURS>>;
type Expected = Answered & Partial<Text<IStats>>;
"""
ANSWER = """
declare const answer_$: TYPE;
export const expected_$: Expected = answer_$;
"""


@pytest.fixture
def answer(viewer: Person) -> dict[str, Any]:
    """The answer of a chat in which everything has happened once."""
    make_messages(make_room(), 3, author=make_user())
    assert viewer.user
    viewer.user.subscriptions.create(room=make_room("d"), last_seen_at=viewer.user.date_joined)
    viewer.user.last_login = viewer.user.date_joined
    viewer.user.save()
    document: dict[str, Any] = viewer.get("statistics", refresh="true").json()
    return document


@pytest.fixture
def compiled(tmp_path: Path, record_property: Any) -> Any:
    """Return a function that compiles the program for answers, and returns the compiler's errors."""
    if NODE is None or not TYPINGS.exists():
        record_property("message", MISSING)
        pytest.skip(MISSING)
    (tmp_path / "typings").symlink_to(TYPINGS)
    (tmp_path / "node.d.ts").write_text(OF_NODE)
    options = {
        "strict": True,
        "noEmit": True,
        "types": [],
        "skipLibCheck": True,
        "moduleResolution": "bundler",
        "module": "esnext",
    }
    (tmp_path / "tsconfig.json").write_text(
        json.dumps({"compilerOptions": {**options, "target": "es2022"}, "files": ["node.d.ts", "program.ts"]})
    )

    def errors(*documents: dict[str, Any]) -> str:
        names = {"DATES": DATES, "NOT_OURS": {name for names in NOT_OURS.values() for name in names.split()}}
        program = PROGRAM
        for placeholder, keys in names.items():
            program = re.sub(rf"\b{placeholder}\b", " | ".join(json.dumps(key) for key in sorted(keys)), program)
        answers = (ANSWER.replace("$", str(n)).replace("TYPE", type_of(one)) for n, one in enumerate(documents))
        (tmp_path / "program.ts").write_text("".join([program, *answers]))
        command = [str(NODE), str(NODE_MODULES / "typescript" / "bin" / "tsc"), "--project", "."]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=240).stdout

    return errors


def type_of(value: Any) -> str:
    """Return the type of a value in TypeScript: of texts that are one of a few, the text itself."""
    if isinstance(value, dict):
        return "{" + "; ".join(f"{json.dumps(key)}: {type_of(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return f"({' | '.join(sorted({type_of(inner) for inner in value}))})[]"
    return json.dumps(value) if isinstance(value, str) else {bool: "boolean", type(None): "null"}.get(type(value), "number")


def test_an_answer_has_the_published_type(answer: dict[str, Any], compiled: Any) -> None:
    assert compiled(answer) == ""


def test_a_missing_and_a_wrong_value_would_be_found(answer: dict[str, Any], compiled: Any) -> None:
    teams = {key: value for key, value in answer["teams"].items() if key != "totalDefaultRoomsInsideTeams"}
    without = {key: value for key, value in answer.items() if key != "uploadsTotal"}
    cores = {**answer["os"], "cpus": [{**answer["os"]["cpus"][0], "speed": "fast"}]}
    errors = compiled({**answer, "teams": teams}, without, {**answer, "os": cores}, {**answer, "lastLogin": None})
    for name in ("totalDefaultRoomsInsideTeams", "uploadsTotal", "speed", "lastLogin"):
        assert f"'{name}'" in errors
    assert errors.count("TS2322") == 4
