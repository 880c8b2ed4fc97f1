"""An account's buckets on a page, the operator's and its own: their form, whose secret is sent and never shown."""

from starlette.requests import Request

from manyeyes.accounts.store import Owner
from manyeyes.buckets import rules
from manyeyes.buckets.rules import Bucket
from manyeyes.console.shared.forms import text_of
from manyeyes.console.shared.languages import mark
from manyeyes.console.shared.sheets import DrawnSheet, Field, draw_sheet, read_sheet
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.buckets import GivenBucket, buckets_of, has_secret, keep_bucket, remove_bucket
from manyeyes.roles.house.faults import FieldFault
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Refusal

assert rules.LONGEST_SECRET == 200  # said in the message
_BUCKET = (
    Field(
        name="name",
        label=mark("The bucket's own name"),
        hint=mark("Tasks name its pictures as s3://BUCKET/KEY. What was kept under the name is replaced."),
        reads=rules.read_bucket_name,
        unfit=mark("A bucket's name has 3 to 63 letters, digits, dots, hyphens or underscores."),
    ),
    Field(
        name="endpoint",
        label=mark("Address of the store"),
        hint=mark("Such as https://s3.example.com. Empty: Amazon's of the region."),
        mode="url",
    ),
    Field(
        name="region",
        label=mark("Region that requests are signed for"),
        hint=mark("Stores without regions take us-east-1."),
        reads=rules.read_region,
        unfit=mark("Write a region like eu-central-1."),
    ),
    Field(
        name="access_key",
        label=mark("Name of the key that may read and list it"),
        reads=rules.read_access_key,
        unfit=mark("A key's name has 1 to 128 visible characters and no slash."),
    ),
    Field(
        name="secret",
        label=mark("The key's secret"),
        hint=mark("It is kept sealed and never shown again."),
        kind="secret",
        reads=rules.read_secret,
        unfit=mark("A secret has 1 to 200 visible characters. Write it again."),
    ),
)
_USUAL = {"name": "", "endpoint": "", "region": "us-east-1", "access_key": "", "secret": ""}
KEPT, FORGOTTEN = "bucket_kept", "bucket_forgotten"
BUCKET_NOTICES = {
    KEPT: (mark("Kept. Tasks may name pictures in it."), ""),
    FORGOTTEN: (mark("Forgotten: pictures in it that were not fetched yet cannot be had any more."), ""),
}


def blank_bucket(request: Request) -> DrawnSheet:
    """Return the form of another bucket."""
    return draw_sheet(request, _BUCKET, _USUAL)


async def listed_buckets(context: Context, owner: Owner) -> list[tuple[Bucket, bool]]:
    """Return an account's buckets by their names, and of each whether its secret is still kept."""
    return [(each, has_secret(each)) for each in await buckets_of(context, owner)]


async def keep_typed_bucket(context: Context, request: Request, owner: Owner) -> DrawnSheet | None:
    """Keep the bucket that was typed; the form with what is wrong with it, None: it is kept."""
    typed, fault = read_sheet(_BUCKET, await request.form()), None
    if not typed.faults:
        kept = await keep_bucket(context, owner, GivenBucket(**typed.values), await actor_of(context, request))
        fault = _fault(kept) if isinstance(kept, Refusal) else None
    return draw_sheet(request, _BUCKET, _USUAL, typed, fault) if typed.faults or fault else None


async def forget_named_bucket(context: Context, request: Request, owner: Owner) -> Refusal | None:
    """Forget the `bucket` that a form names; the refusal where there is none."""
    name = text_of(await request.form(), "bucket")
    return await remove_bucket(context, owner, name, await actor_of(context, request))


def _fault(refused: Refusal) -> FieldFault:
    """Return what a rule says of what was given, in its own words, beside the field that it is about."""
    for finding in refused.findings:
        return FieldFault(finding.pointer.removeprefix("/"), "%(why)s", {"why": finding.detail})
    return FieldFault("", "%(why)s", {"why": refused.detail})
