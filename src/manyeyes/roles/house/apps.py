"""Apps of TUPU's contract as the operator opens and changes them, alike for the command line and the pages."""

import msgspec

from manyeyes.accounts.store import AccountPlace
from manyeyes.actions.add_apps import AddApp, add_apps
from manyeyes.actions.change_apps import ChangeApp, change_apps
from manyeyes.apps import store
from manyeyes.apps.rules import App
from manyeyes.roles.house.faults import FieldFault
from manyeyes.runtime.context import Context
from manyeyes.values.actor import Actor

HIGHEST_RATE = 1_000_000


class NewApp(msgspec.Struct, frozen=True, kw_only=True):
    """What a new app is to be; ``secret_id`` is fresh, ``public_key`` as `apps.keys.read_public_key` gives it."""

    secret_id: str
    name: str
    medium: str
    time_zone: str
    public_key: str
    calls_per_second: int


async def apps_of(context: Context, account_id: int | None = None) -> list[App]:
    """Return all apps, or an account's, the oldest first."""
    async with context.cells.directory.acquire() as db:
        return await store.apps_of(db, account_id)


async def app_of(context: Context, secret_id: str) -> App | None:
    """Return an app by its secretId; None when there is none."""
    async with context.cells.directory.acquire() as db:
        return await store.app(db, secret_id)


def rate_fault(rate: int) -> FieldFault | None:
    """Return what is wrong with how many calls per second are to be taken."""
    if 0 < rate <= HIGHEST_RATE:
        return None
    return FieldFault("rate", "the rate is from 1 to %(most)s calls per second", {"most": HIGHEST_RATE})


async def open_app(context: Context, owner: AccountPlace, wanted: NewApp, actor: Actor) -> App | FieldFault:
    """Open an app for an account; running servers know it within seconds."""
    if fault := rate_fault(wanted.calls_per_second):
        return fault
    new = App(cell=owner.cell, account_id=owner.account_id, suspended=False, **msgspec.structs.asdict(wanted))
    await context.batcher.ask(add_apps, AddApp(new, actor=actor))
    await context.notifier.tell_changed()
    return new


async def change_app(
    context: Context,
    secret_id: str,
    actor: Actor,
    *,
    public_key: str | None = None,
    rate: int | None = None,
    suspended: bool | None = None,
) -> FieldFault | None:
    """Change an app; None leaves a part as it is. Running servers follow within seconds."""
    if rate is not None and (fault := rate_fault(rate)):
        return fault
    terms = {"public_key": public_key, "calls_per_second": rate, "suspended": suspended}
    command = ChangeApp(secret_id=secret_id, actor=actor, **terms)  # type: ignore[arg-type]
    if not await context.batcher.ask(change_apps, command):
        return FieldFault("secret_id", "there is no app %(app)s", {"app": secret_id})
    await context.notifier.tell_changed()
    return None
