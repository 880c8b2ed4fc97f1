"""Pictures that customers name by their addresses, fetched when their turn comes (docs/decisions/0051).

One that cannot be had is refused with a reason: PICTURE_AWAY for what the same address may give later, any other for
what its customer must change.
"""

from collections.abc import Sequence

from manyeyes.buckets.rules import SCHEME, read_object_address
from manyeyes.outbound.given_address import read_given_address
from manyeyes.outbound.networks import Network
from manyeyes.outbound.picture_fetcher import Unfetched
from manyeyes.recognisers.pool import RecogniserBusy
from manyeyes.roles.customer.buckets import customer_name, reader_of
from manyeyes.runtime.context import Context
from manyeyes.tasks.item_texts import text_fault
from manyeyes.tasks.pictures import LARGEST_BYTES, Picture, inspect
from manyeyes.values.refusals import Reason, Refusal


def read_picture_address(text: str, allowed: Sequence[Network]) -> str:
    """Return an address that a picture may be fetched from: http, https without blanks at its ends, or s3.

    Raises ValueError with a sentence for one that no try could reach. ``allowed``: `Settings.private_networks`.
    """
    if fault := text_fault("picture_url", text):
        raise ValueError(fault)
    if text.startswith(SCHEME):
        return str(read_object_address(text))
    address = read_given_address(text, allowed)
    if not address:
        raise ValueError("an address is wanted")
    return address


async def fetch_picture(context: Context, cell: int, account_id: int, url: str) -> Picture | Refusal:
    """Return the picture that lies at an address of the account's, judged as one that was sent along; or why not.

    It has at most 500 kB, and its pixels are there. Takes ten seconds at most, and what a process needs to decode it.
    """
    data = await _fetched(context, cell, account_id, url)
    if isinstance(data, Unfetched):
        return Refusal(Reason.PICTURE_AWAY if data.is_passing else Reason.NO_PICTURE, data.fault)
    picture = inspect(data)
    if isinstance(picture, Refusal):
        return picture
    try:
        fault = await context.recognisers.check(picture.data, account=account_id)
    except RecogniserBusy as busy:
        return Refusal(Reason.PICTURE_AWAY, busy.detail)
    return Refusal(Reason.PICTURE_NOT_SUPPORTED, fault.fault) if fault else picture


async def _fetched(context: Context, cell: int, account_id: int, url: str) -> bytes | Unfetched:
    if not url.startswith(SCHEME):
        customer = customer_name(cell, account_id)
        return await context.fetcher.fetch(context.door, customer, url, largest_bytes=LARGEST_BYTES)
    try:
        address = read_object_address(url)
    except ValueError as error:
        return Unfetched(str(error))
    reader = await reader_of(context, cell, account_id, address.bucket)
    if isinstance(reader, Refusal):
        return Unfetched(reader.detail)
    return await reader.read_object(address.key, largest_bytes=LARGEST_BYTES)


def is_passing(refusal: Refusal) -> bool:
    """Tell whether the same address may give its picture later, without its customer's doing."""
    return refusal.reason is Reason.PICTURE_AWAY
