"""manyeyes notice: where customers' notices go by e-mail."""

from typing import Annotated, Any

from cyclopts import App, Parameter

from manyeyes.accounts.store import AccountPlace
from manyeyes.actions.change_notice_addresses import AddressChange
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import find_account
from manyeyes.notices.rules import NoticeAddress, NoticeKind
from manyeyes.roles.customer.notices import ListedAddress, add_address, addresses_of, change_address, choose_notices
from manyeyes.runtime.context import Context
from manyeyes.values.mail_address import read_mail_address
from manyeyes.values.refusals import Refusal
from manyeyes.values.signed_links import NoticeId

app = App(name="notice", help="Where customers' notices go by e-mail.")
Kinds = Annotated[
    list[str] | None,
    Parameter(name="--notice", help=f"What is told there, as often as wanted: {', '.join(NoticeKind)}. Default: all."),
]


@app.command(name="list")
def list_addresses(account: str, *, common: Common | None = None) -> None:
    """List the addresses of ACCOUNT, the newest first, with what became of the last message to each."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        return {"addresses": [_listed(each) for each in await addresses_of(context, place)]}

    run(common, work, lambda r: "\n".join(map(_line, r["addresses"])) or "no address gets notices")


@app.command
def add(
    account: str,
    address: str,
    *,
    notices: Kinds = None,
    language: Annotated[str, Parameter(help="en, vi, th, id or zh-Hans.")] = "en",
    common: Common | None = None,
) -> None:
    """Add ADDRESS to ACCOUNT; a link goes there, and until somebody follows it nothing else does."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        given = (address, notices or list(NoticeKind), language)
        return _row(_or_failed(await add_address(context, place, given, who_types())))

    run(common, work, _line)


@app.command(name="set")
def set_notices(account: str, address: str, *, notices: Kinds = None, common: Common | None = None) -> None:
    """Choose what is told at ADDRESS of ACCOUNT."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        number = await _number(context, place, address)
        return _row(_or_failed(await choose_notices(context, place, number, notices or list(NoticeKind), who_types())))

    run(common, work, _line)


@app.command
def remove(account: str, address: str, *, common: Common | None = None) -> None:
    """Remove ADDRESS from ACCOUNT: nothing more goes there."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        notice = NoticeId(place.cell, place.account_id, await _number(context, place, address))
        return _row(_or_failed(await change_address(context, notice, AddressChange.REMOVE, who_types())))

    run(common, work, lambda r: f"{r['address']} gets nothing more")


async def _number(context: Context, place: AccountPlace, typed: str) -> int:
    try:
        address = read_mail_address(typed)
    except ValueError as error:
        raise CommandFailed(str(error)) from error
    for each in await addresses_of(context, place):
        if each.found.address == address and each.found.ended_at is None:
            return each.found.address_id
    raise CommandFailed(f"{place.name} has no address {address} for notices; see `manyeyes notice list`")


def _or_failed(found: NoticeAddress | Refusal) -> NoticeAddress:
    if isinstance(found, Refusal):
        raise CommandFailed(found.detail)
    return found


def _listed(each: ListedAddress) -> dict[str, Any]:
    return _row(each.found) | {"fault": each.last.last_fault if each.last else ""}


def _row(found: NoticeAddress) -> dict[str, Any]:
    return {
        "address": found.address,
        "notices": list(found.notices),
        "language": found.language,
        "confirmed": found.confirmed_at is not None,
        "unsubscribed": found.unsubscribed,
    }


def _line(row: dict[str, Any]) -> str:
    state = "unsubscribed" if row["unsubscribed"] else "confirmed" if row["confirmed"] else "not confirmed"
    fault = f"; last: {row['fault']}" if row.get("fault") else ""
    return f"{row['address']}: {state}, {', '.join(row['notices'])}, {row['language']}{fault}"
