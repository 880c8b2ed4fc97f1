"""manyeyes app: what a customer's pictures come under in TUPU's contract, and the keys that sign its calls."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App as Noun
from cyclopts import Parameter

from manyeyes.apps import keys
from manyeyes.apps.rules import DEFAULT_TIME_ZONE, IMAGE, App, new_id, zone
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run, say
from manyeyes.cli.lookup import find_account, find_app
from manyeyes.recognitions import store as recognitions
from manyeyes.roles.house import apps as house
from manyeyes.roles.house.apps import NewApp
from manyeyes.roles.house.faults import FieldFault
from manyeyes.runtime.context import Context
from manyeyes.values.text.rules import read_name

app = Noun(name="app", help="Apps: whose pictures are recognised, and who may sign for them.")
OutFolder = Annotated[
    Path | None, Parameter(help="Directory for the private key of a generated pair; else it is printed.")
]
PublicKeyFile = Annotated[
    Path | None, Parameter(help="File with the customer's public key, PEM. Default: a pair is made.")
]
Bits = Annotated[Literal[1024, 2048, 4096], Parameter(help="Of a generated pair; 1024 for clients that need it.")]


@app.command
def create(
    name: str,
    *,
    account: str,
    public_key: PublicKeyFile = None,
    bits: Bits = 2048,
    out: OutFolder = None,
    time_zone: str = DEFAULT_TIME_ZONE,
    medium: Literal["image", "text", "speech"] = IMAGE,  # type: ignore[assignment]
    rate: int = 50,
    common: Common | None = None,
) -> None:
    """Open an app. A private key that is made for it is shown only this once.

    Parameters
    ----------
    account
        The customer who pays, by id or name.
    time_zone
        Whose days the statistics count. It cannot be changed later.
    medium
        What is recognised. Text and speech apps hold imported history alone.
    rate
        Calls per second that are taken.
    """

    async def work(context: Context) -> dict[str, Any]:
        called = read_name(name)
        _said(house.rate_fault(rate))
        zone(time_zone)
        owner, secret_id = await find_account(context, account), new_id()
        made = _key(secret_id, public_key, bits, out)
        wanted = NewApp(
            secret_id=secret_id,
            name=called,
            medium=medium,
            time_zone=time_zone,
            public_key=made["public_key"],
            calls_per_second=rate,
        )
        new = await house.open_app(context, owner, wanted, who_types())
        if isinstance(new, FieldFault):
            raise CommandFailed(new.sentence)
        return row(new) | made

    run(common, work, _show_new)


@app.command
def key(
    secret_id: str,
    *,
    public_key: PublicKeyFile = None,
    bits: Bits = 2048,
    out: OutFolder = None,
    common: Common | None = None,
) -> None:
    """Replace an app's key; what the old one signs is refused within seconds."""

    async def work(context: Context) -> dict[str, Any]:
        found = await find_app(context, secret_id)
        made = _key(found.secret_id, public_key, bits, out)
        _said(await house.change_app(context, found.secret_id, who_types(), public_key=made["public_key"]))
        return row(await find_app(context, found.secret_id)) | made

    run(common, work, _show_new)


@app.command(name="list")
def list_apps(*, account: str | None = None, common: Common | None = None) -> None:
    """List apps, the oldest first.

    Parameters
    ----------
    account
        Only of this account, by id or name. Default: of all.
    """

    async def work(context: Context) -> dict[str, Any]:
        owner = await find_account(context, account) if account else None
        found = await house.apps_of(context, owner.account_id if owner else None)
        return {"apps": [row(each) for each in found]}

    run(common, work, lambda r: "\n".join(map(_line, r["apps"])) or "there is no app")


@app.command
def show(secret_id: str, *, common: Common | None = None) -> None:
    """Show an app with its public key and its recognitions."""

    async def work(context: Context) -> dict[str, Any]:
        found = await find_app(context, secret_id)
        async with context.cells.directory.acquire() as db:
            below = await recognitions.recognitions_of(db, found.secret_id)
        tasks = [{"task_id": each.task_id, "name": each.name, "closed": each.closed} for each in below]
        return row(found) | {"public_key": found.public_key, "recognitions": tasks}

    def shown(r: dict[str, Any]) -> str:
        tasks = [f"  {t['task_id']}  {t['name']}{' (closed)' if t['closed'] else ''}" for t in r["recognitions"]]
        return "\n".join([_line(r), *tasks, *([r["public_key"].strip()] if r["public_key"] else [])])

    run(common, work, shown)


@app.command(name="set")
def set_app(secret_id: str, *, rate: int, common: Common | None = None) -> None:
    """Change an app's terms; running servers follow within seconds.

    Parameters
    ----------
    rate
        Calls per second that are taken.
    """
    _change(secret_id, common, rate=rate)


@app.command
def suspend(secret_id: str, *, common: Common | None = None) -> None:
    """Refuse an app's calls (code 8) until it is resumed."""
    _change(secret_id, common, suspended=True)


@app.command
def resume(secret_id: str, *, common: Common | None = None) -> None:
    """Take the calls of a suspended app again."""
    _change(secret_id, common, suspended=False)


def row(found: App) -> dict[str, Any]:
    """Return an app as JSON tells of it."""
    return {
        "secret_id": found.secret_id,
        "name": found.name,
        "account_id": found.account_id,
        "medium": found.medium,
        "time_zone": found.time_zone,
        "rate": found.calls_per_second,
        "key_bits": keys.bits(found.public_key) if found.public_key else None,
        "suspended": found.suspended,
    }


def _change(secret_id: str, common: Common | None, **terms: Any) -> None:
    async def work(context: Context) -> dict[str, Any]:
        found = await find_app(context, secret_id)
        _said(await house.change_app(context, found.secret_id, who_types(), **terms))
        return row(await find_app(context, found.secret_id))

    run(common, work, _line)


def _said(fault: FieldFault | None) -> None:
    if fault is not None:
        raise CommandFailed(fault.sentence)


def _key(secret_id: str, public_key: Path | None, key_bits: int, out: Path | None) -> dict[str, Any]:
    """Return the members that tell of an app's key: the public one that was brought, or a pair made for it."""
    if public_key is None:
        return _keep(secret_id, keys.new_pair(key_bits), out)
    if out is not None:
        raise CommandFailed("--out is for the private key of a pair that is made; with --public-key there is none")
    known = keys.read_public_key(public_key.read_bytes())
    if keys.bits(known) < keys.GOOD_BITS:
        say(f"manyeyes: the key has {keys.bits(known)} bits only; {keys.GOOD_BITS} are advisable")
    return {"public_key": known}


def _keep(secret_id: str, pair: keys.KeyPair, out: Path | None) -> dict[str, Any]:
    """Write the private halves for nobody else to read, or return them to be printed.

    Raises FileExistsError where another key of the app lies: it is not for us to delete.
    """
    if out is None:
        return {"public_key": pair.public, "private_key_pkcs1": pair.pkcs1, "private_key_pkcs8": pair.pkcs8}
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = []
    for encoding, text in (("pkcs1", pair.pkcs1), ("pkcs8", pair.pkcs8)):
        path = out / f"{secret_id}.{encoding}.pem"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        written.append(str(path))
    return {"public_key": pair.public, "private_key_files": written}


def _line(r: dict[str, Any]) -> str:
    return f"{r['secret_id']}  account {r['account_id']:<5}  {_terms(r)}"


def _terms(r: dict[str, Any]) -> str:
    key_text = f"key of {r['key_bits']} bits" if r["key_bits"] else "no key"
    suspended = " (suspended)" if r["suspended"] else ""
    return f"{r['name']}: {r['medium']}, {r['time_zone']}, {r['rate']}/s, {key_text}{suspended}"


def _show_new(r: dict[str, Any]) -> str:
    lines = [f"secretId     {r['secret_id']}", f"app          {_terms(r)}"]
    lines += [f"days         of {r['time_zone']}, which cannot be changed: another app has another (--time-zone)"]
    if "private_key_files" in r:
        lines += [f"private key  {path}" for path in r["private_key_files"]]
    elif "private_key_pkcs1" in r:
        lines += ["The private key in both encodings (PKCS#1, PKCS#8); it is kept nowhere and not shown again:"]
        lines += [r["private_key_pkcs1"].strip(), r["private_key_pkcs8"].strip()]
    return "\n".join(lines)
