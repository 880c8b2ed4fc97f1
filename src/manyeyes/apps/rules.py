"""TUPU's apps: their ids, media and days (docs/contracts/tupu.md#objects)."""

import secrets
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

import msgspec

ID_BYTES = 12  # SID and taskId are 24 hexadecimal characters in every sample
DEFAULT_TIME_ZONE = "Asia/Shanghai"  # docs/decisions/0026#dates
IMAGE = "image"
MEDIA = (IMAGE, "text", "speech")  # one medium per app


class App(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's app (the wire's secretId). ``public_key`` is PEM, None when none was given (code 9)."""

    secret_id: str
    name: str
    cell: int
    account_id: int
    medium: str
    time_zone: str
    public_key: str | None
    calls_per_second: int
    suspended: bool


def new_id() -> str:
    """Return a fresh secretId or taskId. It names and opens nothing: calls are signed."""
    return secrets.token_hex(ID_BYTES)


def zone(name: str) -> tzinfo:
    """Return a time zone by its IANA name. Raises ValueError for another name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; a name such as Asia/Shanghai or UTC is wanted") from error


def day_in(time_zone: str, at: datetime) -> date:
    """Return the day that an instant falls on in a time zone."""
    return at.astimezone(zone(time_zone)).date()
