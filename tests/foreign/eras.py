"""Statistics documents as mongoexport gives them, in the shapes of four eras of Rocket.Chat; all values are made up."""

from typing import Any

INSTALLED = "2016-03-01T08:15:30.112Z"
FINGERPRINT = "eR3vXc8Jp6YtZq2Ha"
CORE = {"model": "CPU", "speed": 2400, "times": {"user": 41873500, "nice": 1200, "sys": 9031400, "idle": 893174200, "irq": 0}}
WIZARD = {"organizationType": "enterprise", "country": "de", "fullname": "Ada Admin", "email": "ada@example.org"}


def date(text: str) -> dict[str, str]:
    return {"$date": text}


def machine(**more: Any) -> dict[str, Any]:
    return {
        "type": "Linux",
        "platform": "linux",
        "arch": "x64",
        "release": "5.4.0-73-generic",
        "uptime": 301221.53,
        "loadavg": [0.42, 0.35, 0.31],
        "totalmem": 33567473664,
        "freemem": 9112121344,
        "cpus": [CORE] * 2,
        **more,
    }


def control(version: int) -> dict[str, Any]:
    return {
        "_id": "control",
        "locked": False,
        "version": version,
        "buildAt": "2021-05-28T21:10:11.000Z",
        "lockedAt": date("2021-06-01T06:12:00Z"),
    }


def in_2017(**more: Any) -> dict[str, Any]:
    """Return a document of version 0.52: dates are dates, one key is misspelled, and little is counted."""
    return {
        "_id": "Q5mWk7ySx2Lr9TnBe",
        "uniqueId": FINGERPRINT,
        "installedAt": date(INSTALLED),
        "version": "0.52.0",
        "tag": "0.52.0",
        "branch": "HEAD",
        "totalUsers": 112,
        "activeUsers": 104,
        "nonActiveUsers": 8,
        "onlineUsers": 31,
        "awayUsers": 12,
        "offlineUsers": 69,
        "totalRooms": 240,
        "totalChannels": 35,
        "totalPrivateGroups": 52,
        "totalDirect": 150,
        "totlalLivechat": 3,
        "totalMessages": 48211,
        "totalChannelMessages": 21040,
        "totalPrivateGroupMessages": 17400,
        "totalDirectMessages": 9311,
        "totalLivechatMessages": 60,
        "lastLogin": date("2017-02-06T09:41:07.52Z"),
        "lastMessageSentAt": date("2017-02-06T09:59:58.9Z"),
        "lastSeenSubscription": date("2017-02-06T09:59:59.021Z"),
        "os": machine(),
        "process": {"nodeVersion": "v4.7.2", "pid": 1733, "uptime": 86412.337},
        "migration": control(84),
        "instanceCount": 1,
        "createdAt": date("2017-02-06T10:00:03.411Z"),
        "_updatedAt": date("2017-02-06T10:00:03.415Z"),
        **more,
    }


def team(number: int, main_room: str, rooms: int, default_rooms: int) -> dict[str, Any]:
    return {
        "teamId": f"60b0aa00f3a7e2000a4b{number:04}",
        "mainRoom": main_room,
        "totalRooms": rooms,
        "totalDefaultRooms": default_rooms,
    }


def in_2021(**more: Any) -> dict[str, Any]:
    """Return a document of version 3.14: ids are object ids, totals are sums, and people are counted by sessions."""
    people = {"year": 2021, "month": 6, "day": 9, "data": [{"count": 302, "sessions": 1340, "roles": []}]}
    return {
        **in_2017(),
        "_id": "60c1d5b0f3a7e2000a4b9c31",
        "wizard": WIZARD,
        "version": "3.14.5",
        "totalUsers": 512,
        "activeUsers": 421,
        "activeGuests": 6,
        "nonActiveUsers": 85,
        "appUsers": 2,
        "busyUsers": 9,
        "totalConnectedUsers": 234,
        "userLanguages": {"none": 380, "de": 101, "en": 29, "pt-BR": 2},
        "totlalLivechat": 17,
        "totalDiscussions": 90,
        "totalThreads": 9120,
        "teams": {"totalTeams": 2, "teamStats": [team(1, "hK2nWq9dLs5vTcXzR", 7, 1), team(2, "hK2nWq9dLs5vTcXzS", 3, 0)]},
        "totalChannelMessages": 720331,
        "totalPrivateGroupMessages": 812400,
        "totalDirectMessages": 1010232,
        "totalLivechatMessages": 940,
        "totalMessages": 2543903,
        "deploy": {"method": "docker-official", "platform": "selfinstall"},
        "uploadsTotal": 30112,
        "uploadsTotalSize": {"$numberLong": "28112937710"},
        "migration": control(224),
        "uniqueUsersOfYesterday": people,
        "enterprise": {"modules": [], "tags": []},
        "createdAt": date("2021-06-10T09:04:00.118Z"),
        "_updatedAt": date("2021-06-10T09:04:00.12Z"),
        **more,
    }


def in_2024(**more: Any) -> dict[str, Any]:
    """Return a document of version 6.5: some times are texts, as JavaScript writes them, and pinned messages are counted."""
    weekly = {"year": 2024, "month": 1, "day": 10, "data": [{"count": 455, "sessions": 5220, "roles": []}]}
    return {
        **{key: value for key, value in in_2021().items() if key not in ("uniqueUsersOfYesterday", "teams", "totlalLivechat")},
        "_id": {"$oid": "65a7c0d1b2e3f4a5b6c7d8e9"},
        "installedAt": INSTALLED,
        "version": "6.5.2",
        "totalLivechat": 17,
        "lastLogin": "Wed Jan 17 2024 11:58:40 GMT+0000 (Coordinated Universal Time)",
        "lastSeenSubscription": "Wed Jan 17 2024 13:59:59 GMT+0200 (Eastern European Standard Time)",
        "settings": {"accounts": {}},
        "teams": {"totalTeams": 9, "teamStats": []},
        "totalRoomsWithPinned": 88,
        "totalPinned": 410,
        "uniqueUsersOfLastWeek": weekly,
        "createdAt": date("2024-01-17T12:12:00.9Z"),
        "_updatedAt": date("2024-01-17T12:12:01.001Z"),
        **more,
    }


def in_2025(**more: Any) -> dict[str, Any]:
    """Return a document of version 7.0: messages in discussions are counted by themselves."""
    return {
        **in_2024(),
        "_id": "6790c0d1b2e3f4a5b6c7d8e9",
        "version": "7.0.1",
        "totalChannelMessages": 700000,
        "totalDiscussionsMessages": 20331,
        "roomsInsideTeams": 31,
        "createdAt": date("2025-01-22T12:12:00.9Z"),
        "_updatedAt": date("2025-01-22T12:12:01.001Z"),
        **more,
    }


ERAS = (in_2017, in_2021, in_2024, in_2025)
