"""Settings: read once from the environment at start, documented one by one in docs/reference/settings.md."""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from manyeyes.values import money
from manyeyes.values.actor import STAFF
from manyeyes.values.decimals import decimal_number
from manyeyes.values.mail_server import MailServer, read_mail_server
from manyeyes.values.web_address import read_web_address

THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
USUAL_BACKUP_SECONDS = 86_400
LARGEST_NUMBER = 100_000_000  # of any setting: three years in seconds; what is larger overflows somewhere
BoundedHours = Annotated[int, msgspec.Meta(ge=0, le=87_600)]  # ten years


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator may change. Constants of a contract are not here but next to their rules."""

    data: Path
    secrets_key: str = ""  # what seals the installation's own keys; empty: the key in a file
    secrets_key_file: str = ""  # that file; empty: `secrets.key` in `data`, made at the first start
    database_url: str = ""  # empty: the embedded PostgreSQL under `data`
    direct_database_url: str = ""  # of the same database, past the PgBouncer that `database_url` names; empty: none
    contact: str = ""  # whom people who work here ask: a name, a telephone number, an address; empty: not said
    backup_to: str = (
        ""  # where copies of the embedded PostgreSQL go: a directory, or s3://BUCKET/PREFIX; empty: nowhere
    )
    backup_every_seconds: Annotated[int, msgspec.Meta(ge=60)] = USUAL_BACKUP_SECONDS  # between whole copies
    backup_keep: Annotated[int, msgspec.Meta(ge=1)] = 7  # whole copies
    backup_mark: str = ""  # a file that a backup touches when it is done; empty: one in `data` where `backup_to` is set
    disk_floor_megabytes: Annotated[int, msgspec.Meta(ge=0)] = 1000  # less free space than that: nothing new is taken
    standbys: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0  # synchronous ones in step, else /readyz says not ready
    operator_factors: Literal[1, 2] = 1  # proofs that operators sign in with; 2: a passkey, or a link and a passkey
    oidc_issuer: str = ""  # the company's own sign-in, an OpenID Connect provider; empty: none
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_name: str = ""  # what the button calls it; empty: the issuer's host
    oidc_claim: str = "groups"  # where it tells somebody's groups
    oidc_roles: str = ""  # GROUP=ROLE by commas: whom their groups let run this installation
    smtp_url: str = ""  # smtp://USER@HOST:587 or smtps://USER@HOST:465 that notices are handed to; empty: no mail
    smtp_password_file: str = ""  # a file with the user's password there
    smtp_sender: str = ""  # as what notices come, an address or a name with one
    smallest_payout: str = "1.00"  # USD: less than that nobody may ask to be paid out
    public_url: str = ""  # empty: answers carry the address that the request came to
    widget_url: str = ""  # another address of this installation, for widgets' pages; empty: the console's own host
    trusted_proxies: str = "127.0.0.1,unix"  # "unix": whoever may write to the Unix socket
    result_readable_seconds: int = 300
    task_life_seconds: int = 600
    undo_seconds: Annotated[int, msgspec.Meta(ge=0, le=60)] = (
        10  # to take back an answer or a skip on a screen; 0: none
    )
    picture_hours: BoundedHours = 24
    report_patience_hours: BoundedHours = 24
    keep_months: Annotated[int, msgspec.Meta(ge=3, le=1200)] = 24  # younger months are never dropped
    judgement_patience_hours: BoundedHours = 24
    statement_cache_size: int = 256  # 0 behind a PgBouncer older than 1.21
    allowed_private_networks: str = (
        ""  # networks, by commas, that the outbound door may enter though they are not public
    )
    timestamp_window_seconds: int = 600  # how far a signed call's timestamp may be off, either way
    signing_key_bits: Literal[1024, 2048] = 2048  # of the key that signs answers; 1024 for clients that need it
    recogniser_seconds: Annotated[float, msgspec.Meta(gt=0)] = 10  # for one picture; then its process is killed
    recogniser_megabytes: Annotated[int, msgspec.Meta(ge=100)] = 1500  # of memory, for each recogniser's process
    recogniser_processes: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1  # of each, in each serving process
    mcp_wait_seconds: Annotated[float, msgspec.Meta(ge=1, le=60)] = 50  # the longest that a tool of MCP waits
    soft_app_share_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 10  # of the charge, to the app's owner
    filter_others: Annotated[int, msgspec.Meta(ge=0)] = 5  # fewer: filtered workers come last
    filter_window_seconds: Annotated[int, msgspec.Meta(ge=0)] = 600  # who counts as there
    traces: Literal[0, 1] = 0  # 1: spans for OpenTelemetry, sent to where its own OTEL_* variables say
    # What a stranger may take of one serving process (docs/decisions/0039).
    ops: str = ""  # HOST:PORT of /readyz and /metrics; "off": nowhere; empty: `DEFAULT_OPS`, or a free port beside one
    head_kilobytes: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 32  # of a request line with all headers
    head_seconds: Annotated[float, msgspec.Meta(gt=0)] = 15  # until a request's head is whole
    stall_seconds: Annotated[float, msgspec.Meta(gt=0)] = 60  # for 16 kB more of a body, or of a reply that is read
    keep_alive_seconds: Annotated[float, msgspec.Meta(gt=0)] = 15  # between a reply and the next request
    connections: Annotated[int, msgspec.Meta(ge=1)] = 4096
    connections_per_address: Annotated[int, msgspec.Meta(ge=1)] = 512  # a trusted proxy's are not counted
    body_kilobytes: Annotated[int, msgspec.Meta(ge=1, le=2048)] = 64  # of a body that carries no picture
    waits_per_caller: Annotated[int, msgspec.Meta(ge=1)] = 16  # event streams and waiting calls of one caller at once
    recogniser_waiting_per_account: Annotated[int, msgspec.Meta(ge=1)] = 128  # pictures, in each recogniser's queue

    def past_pooler(self, dsn: str) -> str:
        """Return the address for what needs a session of its own: the schema, hints, long statements."""
        return self.direct_database_url or dsn

    def backup_mark_file(self) -> Path | None:
        """Return the file that tells when the last backup was done; None: no backup is known."""
        if self.backup_mark:
            return Path(self.backup_mark)
        return self.data / "backed-up" if self.backup_to else None

    def smallest_payout_micros(self) -> int:
        """Return `smallest_payout` in micro-units, at least 1. Raises ValueError when it is no amount of money."""
        return max(1, money.parse(self.smallest_payout))

    def mail_server(self) -> MailServer | None:
        """Return where notices are handed in; None: nowhere. Raises ValueError naming what does not fit."""
        if not self.smtp_url:
            return None
        if not self.public_url:
            raise ValueError("MANYEYES_PUBLIC_URL: MANYEYES_SMTP_URL needs it, for the links in notices")
        try:
            return read_mail_server(self.smtp_url, self.smtp_sender)
        except ValueError as error:
            raise ValueError(f"MANYEYES_SMTP_URL: {error}") from error

    def smtp_password(self) -> str:
        """Return the password in `smtp_password_file`, empty without one. Raises OSError where it cannot be read."""
        try:
            return Path(self.smtp_password_file).read_text("utf-8").strip() if self.smtp_password_file else ""
        except UnicodeDecodeError as error:
            raise OSError(f"{self.smtp_password_file} is no text in UTF-8") from error

    def private_networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Return `allowed_private_networks`. Raises ValueError naming the variable when one is no network."""
        parts = [part.strip() for part in self.allowed_private_networks.split(",") if part.strip()]
        try:
            return tuple(ipaddress.ip_network(part) for part in parts)
        except ValueError as error:
            example = "networks by commas, such as 10.1.0.0/16,192.168.7.20/32"
            raise ValueError(f"MANYEYES_ALLOWED_PRIVATE_NETWORKS: {error}; write {example}") from error


def from_environment(environment: Mapping[str, str] = os.environ, **given: object) -> Settings:
    """Return the settings in ``MANYEYES_<NAME>`` variables; ``given`` (command-line options, None = not given) win.

    Raises ValueError naming the variable whose text does not fit.
    """
    values: dict[str, object] = {"data": default_data_directory(environment)}
    for field in msgspec.structs.fields(Settings):
        variable = f"MANYEYES_{field.name.upper()}"
        if environment.get(variable):
            try:
                values[field.name] = _read(environment[variable], field.type)
            except ValueError as error:
                raise ValueError(f"{variable}: {error}") from error
    values.update({name: value for name, value in given.items() if value is not None})
    settings = Settings(**values)  # type: ignore[arg-type]
    try:
        settings.smallest_payout_micros()
    except ValueError as error:
        raise ValueError(f"MANYEYES_SMALLEST_PAYOUT: {error}") from error
    settings.mail_server()
    settings.private_networks()  # says now what does not fit, not when the door is first used
    if settings.direct_database_url and not settings.database_url:
        raise ValueError("MANYEYES_DIRECT_DATABASE_URL: it needs MANYEYES_DATABASE_URL, the pooler before it")
    if settings.widget_url and not settings.public_url:
        raise ValueError("MANYEYES_WIDGET_URL: it needs MANYEYES_PUBLIC_URL, the console that may show the widgets")
    if settings.secrets_key and settings.secrets_key_file:
        raise ValueError("MANYEYES_SECRETS_KEY and MANYEYES_SECRETS_KEY_FILE: give one of the two")
    _check_company(settings)
    for name in ("public_url", "widget_url"):
        if getattr(settings, name) and not getattr(settings, name).startswith(("http://", "https://")):
            raise ValueError(f"MANYEYES_{name.upper()}: it must begin with http:// or https://")
    return settings


def _check_company(settings: Settings) -> None:
    """Raise ValueError naming the variable that the company's own sign-in lacks."""
    if not settings.oidc_issuer:
        return
    _check_issuer(settings.oidc_issuer)
    for name in ("oidc_client_id", "oidc_client_secret", "public_url"):
        if not getattr(settings, name):
            raise ValueError(f"MANYEYES_{name.upper()}: MANYEYES_OIDC_ISSUER needs it")
    for part in filter(None, (each.strip() for each in settings.oidc_roles.split(","))):
        if part.rpartition("=")[2].strip() not in STAFF or not part.rpartition("=")[0].strip():
            raise ValueError(f"MANYEYES_OIDC_ROLES: {part!r} is not GROUP=ROLE; roles are {', '.join(STAFF)}")


def _check_issuer(issuer: str) -> None:
    """Raise ValueError for what cannot name a provider (Discovery 1.0, section 3); its parts count."""
    try:
        parts = read_web_address(issuer)
    except ValueError as error:
        raise ValueError(f"MANYEYES_OIDC_ISSUER: {error}") from error
    if parts.scheme != "https" and parts.host not in THIS_MACHINE:
        raise ValueError("MANYEYES_OIDC_ISSUER: it must begin with https:// (http:// on this machine alone)")
    if "?" in issuer or "#" in issuer:
        raise ValueError("MANYEYES_OIDC_ISSUER: it has a host and perhaps a path, no ? and no #")


def default_data_directory(environment: Mapping[str, str]) -> Path:
    """Return the XDG data home's ``manyeyes`` folder."""
    home = environment.get("XDG_DATA_HOME") or os.path.join(environment.get("HOME", "."), ".local", "share")
    return Path(home) / "manyeyes"


def _read(text: str, kind: Any) -> object:
    """Return a variable's text as its setting's type. Raises ValueError; `msgspec` alone takes ``nan`` and ``1e3``."""
    if kind not in (str, Path):
        number = decimal_number(text)
        if number is None:
            raise ValueError(f"{text!r} is not a number; write it in the digits 0 to 9")
        if number > LARGEST_NUMBER:
            raise ValueError(f"{text!r} is more than {LARGEST_NUMBER}")
    return msgspec.convert(text, kind, strict=False, dec_hook=_path)


def _path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)
