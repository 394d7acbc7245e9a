"""What Rocket.Chat of three eras answers to `GET api/v1/statistics`: the keys and types of each, with made-up numbers."""

from datetime import datetime
from typing import Any

from statistics_app.serialization import wire_time

CORE = {"model": "CPU", "speed": 2400, "times": {"user": 400, "nice": 1, "sys": 90, "idle": 8000, "irq": 0}}
OS = {
    "type": "Linux",
    "platform": "linux",
    "arch": "x64",
    "release": "5.15.0",
    "uptime": 512340,
    "loadavg": [0.42, 0.35, 0.31],
    "totalmem": 8_370_212_864,
    "freemem": 1_203_884_032,
    "cpus": [CORE, CORE],
}
# Whatever a server tells beside the statistics must not be stored.
PRIVATE = {
    "wizard": {"organizationName": "Ada's bakery", "adminEmail": "ada@bakery.example"},
    "settings": {"accounts": {"ldap": "ldap.bakery.example"}},
    "enterprise": {"modules": ["auditing"], "tags": []},
    "uniqueId": "idOfTheirServer17",
    "deploymentFingerprintHash": "fingerprint",
}
FOREIGN_TEXTS = ("bakery", "ldap", "auditing", "idOfTheirServer17", "fingerprint")
USERS = {"totalUsers": 112, "activeUsers": 104, "nonActiveUsers": 8, "onlineUsers": 31, "awayUsers": 12, "offlineUsers": 69}
ROOMS = {"totalRooms": 240, "totalChannels": 35, "totalPrivateGroups": 52, "totalDirect": 150}
MESSAGES = {
    "totalMessages": 48_211,
    "totalChannelMessages": 21_040,
    "totalPrivateGroupMessages": 17_800,
    "totalDirectMessages": 9_311,
    "totalLivechatMessages": 60,
}
UPLOADS = {"uploadsTotal": 30_112, "uploadsTotalSize": 28_112_937_710}
CONTROL = {
    "_id": "control",
    "version": 224,
    "locked": False,
    "lockedAt": "2021-06-01T06:12:00.000Z",
    "buildAt": "2021-05-28T21:10:11.000Z",
}


def answer_of(version: str, at: datetime) -> dict[str, Any]:
    """Return what a server of a version (`0.52.0`, `3.14.5`, `6.5.2`) answers at a time."""
    era = {"0": _before_one, "3": _of_three, "6": _of_six}[version[0]]
    now = wire_time(at)
    times = {"createdAt": now, "_updatedAt": now, "installedAt": "2016-03-01T08:15:30.112Z", "lastMessageSentAt": now}
    return {
        **USERS,
        **ROOMS,
        **MESSAGES,
        **PRIVATE,
        "os": OS,
        "instanceCount": 3,
        "version": version,
        **times,
        **era(at),
        "success": True,
    }


def _before_one(at: datetime) -> dict[str, Any]:
    return {
        "_id": "Q5mWk7ySx2Lr9TnBe",
        "totlalLivechat": 3,
        "lastLogin": wire_time(at),
        "lastSeenSubscription": wire_time(at),
        "process": {"nodeVersion": "v4.7.2", "pid": 1733, "uptime": 86_412.337},
        "migration": {**CONTROL, "version": 84},
    }


def _of_three(at: datetime) -> dict[str, Any]:
    return {
        "_id": "60c1d5b0f3a7e2000a4b9c31",
        "totalLivechat": 3,
        "activeGuests": 6,
        "appUsers": 2,
        "busyUsers": 9,
        "totalConnectedUsers": 43,
        "userLanguages": {"none": 80, "de": 32},
        "totalThreads": 9_120,
        "totalDiscussions": 9,
        "teams": {"totalTeams": 4, "teamStats": []},
        **UPLOADS,
        "lastLogin": wire_time(at),
        "lastSeenSubscription": wire_time(at),
        "process": {"nodeVersion": "v12.22.1", "pid": 9, "uptime": 88_120.51},
        "deploy": {"method": "docker-official", "platform": "selfinstall"},
        "migration": CONTROL,
    }


def _of_six(at: datetime) -> dict[str, Any]:
    as_text = f"{at:%a %b %d %Y %H:%M:%S} GMT+0000 (Coordinated Universal Time)"
    pins = {"totalRoomsWithPinned": 88, "totalPinned": 410}
    return {**_of_three(at), **pins, "_id": "65a7c0d1b2e3f4a5b6c7d8e9", "lastLogin": as_text, "lastSeenSubscription": as_text}
