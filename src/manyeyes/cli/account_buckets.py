"""manyeyes account add-bucket, buckets, remove-bucket: where an account's pictures lie with S3-compatible stores."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from manyeyes.buckets.rules import LONGEST_SECRET, Bucket
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import find_account
from manyeyes.roles.customer.buckets import GivenBucket, buckets_of, has_secret, keep_bucket, remove_bucket
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Refusal
from manyeyes.values.text.rules import without_outer_blanks


def add_bucket(
    account: str,
    *,
    bucket: str,
    access_key: str,
    secret_file: Annotated[str, Parameter(allow_leading_hyphen=True)],
    region: str = "us-east-1",
    endpoint: str = "",
    common: Common | None = None,
) -> None:
    """Let an account's tasks name pictures as s3://BUCKET/KEY; what was kept under the bucket's name is replaced.

    Parameters
    ----------
    bucket
        The bucket's own name.
    access_key
        Name of the key that may read and list it.
    secret_file
        File that holds the key's secret and nothing else; - reads it from standard input.
    region
        Region that requests are signed for; stores without regions take us-east-1.
    endpoint
        Address of the store, such as https://s3.example.com. Default: Amazon's of the region.
    """
    secret = _secret(secret_file)

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        given = GivenBucket(name=bucket, endpoint=endpoint, region=region, access_key=access_key, secret=secret)
        kept = await keep_bucket(context, place, given, who_types())
        if isinstance(kept, Refusal):
            raise CommandFailed("; ".join(fault.detail for fault in kept.findings) or kept.detail)
        return {"account_id": place.account_id, **_shown(kept)}

    run(common, work, lambda r: f"account {r['account_id']} may name pictures as s3://{r['bucket']}/…")


def buckets(account: str, *, common: Common | None = None) -> None:
    """List an account's buckets, without their secrets."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        return {"buckets": [_shown(each) for each in await buckets_of(context, place)]}

    run(common, work, lambda r: "\n".join(_lines(r["buckets"])))


def drop_bucket(
    account: str,
    bucket: Annotated[str, Parameter(help="The bucket's own name.")],
    *,
    common: Common | None = None,
) -> None:
    """Forget how to get at a bucket; pictures in it that were not fetched yet cannot be had any more."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account)
        refused = await remove_bucket(context, place, bucket, who_types())
        if refused:
            raise CommandFailed(refused.detail)
        return {"account_id": place.account_id, "bucket": bucket}

    run(common, work, lambda r: f"bucket {r['bucket']} of account {r['account_id']} is forgotten")


def _secret(file: str) -> str:
    """Return what is in the file, without what surrounds it. A file that cannot be read ends the command."""
    longest = LONGEST_SECRET * 8  # more is no secret, and would only be held in memory
    try:
        if file == "-":
            text = sys.stdin.read(longest)
        else:
            with Path(file).open(encoding="utf-8") as opened:
                text = opened.read(longest)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        print(f"manyeyes: {file}: {why}", file=sys.stderr)
        raise SystemExit(1) from None
    return without_outer_blanks(text)


def _shown(bucket: Bucket) -> dict[str, Any]:
    return {
        "bucket": bucket.name,
        "endpoint": bucket.endpoint,
        "region": bucket.region,
        "access_key": bucket.access_key,
        "readable": has_secret(bucket),
    }


def _lines(rows: Sequence[dict[str, Any]]) -> list[str]:
    lines = [f"{'bucket':30} {'region':15} {'access key':22} endpoint"]
    for row in rows:
        lost = "" if row["readable"] else "  (its secret was given up: add it again)"
        lines.append(f"{row['bucket']:30} {row['region']:15} {row['access_key']:22} {row['endpoint']}{lost}")
    return lines
