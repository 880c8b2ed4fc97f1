"""Settings: read once from the environment at start, documented one by one in docs/reference/settings.md."""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator may change. Constants of a contract are not here but next to their rules."""

    data: Path
    database_url: str = ""  # empty: the embedded PostgreSQL under `data`
    public_url: str = ""  # empty: answers carry the address that the request came to
    widget_url: str = ""  # another address of this installation, for widgets' pages; empty: the console's own host
    trusted_proxies: str = "127.0.0.1"
    result_readable_seconds: int = 300
    task_life_seconds: int = 600
    picture_hours: int = 24
    report_patience_hours: int = 24
    statement_cache_size: int = 256  # 0 behind a PgBouncer older than 1.21
    allowed_private_networks: str = (
        ""  # networks, by commas, that the outbound door may enter though they are not public
    )
    timestamp_window_seconds: int = 600  # how far a signed call's timestamp may be off, either way
    signing_key_bits: Literal[1024, 2048] = 2048  # of the key that signs answers; 1024 for clients that need it
    recogniser_seconds: Annotated[float, msgspec.Meta(gt=0)] = 10  # for one picture; then its process is killed
    recogniser_megabytes: Annotated[int, msgspec.Meta(ge=100)] = 1500  # of memory, for each recogniser's process
    recogniser_processes: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1  # of each, in each serving process
    soft_app_share_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 10  # of the charge, to the app's owner
    filter_others: Annotated[int, msgspec.Meta(ge=0)] = 5  # fewer: filtered workers come last
    filter_window_seconds: Annotated[int, msgspec.Meta(ge=0)] = 600  # who counts as there

    def private_networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Return `allowed_private_networks`. Raises ValueError naming the variable when one is no network."""
        parts = [part.strip() for part in self.allowed_private_networks.split(",") if part.strip()]
        try:
            return tuple(ipaddress.ip_network(part) for part in parts)
        except ValueError as error:
            raise ValueError(f"MANYEYES_ALLOWED_PRIVATE_NETWORKS: {error}") from error


def from_environment(environment: Mapping[str, str] = os.environ, **given: object) -> Settings:
    """Return the settings in ``MANYEYES_<NAME>`` variables; ``given`` (command-line options, None = not given) win.

    Raises ValueError naming the variable whose text does not fit.
    """
    values: dict[str, object] = {"data": default_data_directory(environment)}
    for field in msgspec.structs.fields(Settings):
        variable = f"MANYEYES_{field.name.upper()}"
        if environment.get(variable):
            try:
                values[field.name] = msgspec.convert(environment[variable], field.type, strict=False, dec_hook=_path)
            except msgspec.ValidationError as error:
                raise ValueError(f"{variable}: {error}") from error
    values.update({name: value for name, value in given.items() if value is not None})
    settings = Settings(**values)  # type: ignore[arg-type]
    settings.private_networks()  # says now what does not fit, not when the door is first used
    if settings.widget_url and not settings.public_url:
        raise ValueError("MANYEYES_WIDGET_URL: it needs MANYEYES_PUBLIC_URL, the console that may show the widgets")
    for name in ("public_url", "widget_url"):
        if getattr(settings, name) and not getattr(settings, name).startswith(("http://", "https://")):
            raise ValueError(f"MANYEYES_{name.upper()}: it must begin with http:// or https://")
    return settings


def default_data_directory(environment: Mapping[str, str]) -> Path:
    """Return the XDG data home's ``manyeyes`` folder."""
    home = environment.get("XDG_DATA_HOME") or os.path.join(environment.get("HOME", "."), ".local", "share")
    return Path(home) / "manyeyes"


def _path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)
