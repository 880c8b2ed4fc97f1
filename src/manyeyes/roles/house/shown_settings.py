"""The settings in force as the operator may see them: secrets and passwords are never among them."""

import os
from collections.abc import Mapping
from importlib import metadata
from urllib.parse import urlsplit

import msgspec

from manyeyes.settings import Settings

SECRET = frozenset({"secrets_key", "oidc_client_secret"})  # never shown, not even in part
ADDRESSES = frozenset({"database_url", "direct_database_url"})  # shown without their password


class ShownSetting(msgspec.Struct, frozen=True):
    """``value`` None: it is a secret. ``is_given``: by the environment or a command; else it is the usual value."""

    variable: str
    value: str | None
    is_given: bool


def shown_settings(settings: Settings, environment: Mapping[str, str] = os.environ) -> list[ShownSetting]:
    """Return every setting of this process, in the order in which they are declared."""
    found = []
    for field in msgspec.structs.fields(Settings):
        variable, value = f"MANYEYES_{field.name.upper()}", getattr(settings, field.name)
        is_given = bool(environment.get(variable)) or (not field.required and value != field.default)
        text: str | None = str(value)
        if field.name in SECRET:
            text = None if value else ""
        elif field.name in ADDRESSES:
            text = without_password(str(value))
        found.append(ShownSetting(variable, text, is_given))
    return found


def without_password(address: str) -> str:
    """Return an address of a database without the password in it; nothing at all of one that is no address."""
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        where = parts.hostname or ""
        where += f":{parts.port}" if parts.port else ""
    except ValueError:
        return "…"
    if not parts.scheme or not where:
        return "…"  # a list of words, as PostgreSQL also takes them, may have a password anywhere
    user = f"{parts.username}@" if parts.username else ""
    return f"{parts.scheme}://{user}{where}{parts.path}"


def version() -> str:
    """Return the version of manyeyes that is running."""
    return metadata.version("manyeyes")
