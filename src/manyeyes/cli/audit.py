"""manyeyes audit: who changed what, and the proof that the trail is whole."""

import json
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.signing_keys import read_keys
from manyeyes.roles.trail_reading import ChainProof, asked_for, every_head, prove, trail_page
from manyeyes.runtime.context import Context
from manyeyes.trail.heads import head_line, public_key_of, read_heads
from manyeyes.trail.rules import ChainedEntry, stamp, written
from manyeyes.trail.store import NEWEST

WHO_HELP = "Whose changes: a role such as support, one of it such as operator:3, or a name."
SINCE_HELP = "From this day or instant on (UTC), such as 2026-11-30 or 2026-11-30T12:00."
LARGEST_PAGE = 1_000
app = App(name="audit", help="Who changed what, when and from where; and the proof that nothing was altered since.")


@app.command(name="list")
def list_entries(
    *,
    who: Annotated[str | None, Parameter(help=WHO_HELP)] = None,
    what: Annotated[str | None, Parameter(help="The change, such as account.set (docs/reference/audit.md).")] = None,
    subject: Annotated[str | None, Parameter(help="What was changed, such as account:12 or queue:7.")] = None,
    since: Annotated[str | None, Parameter(help=SINCE_HELP)] = None,
    until: Annotated[str | None, Parameter(help="Before this instant; of a day, until its end.")] = None,
    limit: Annotated[int, Parameter(help="At most so many.")] = 100,
    common: Common | None = None,
) -> None:
    """List changes, the newest first. With --json each has the text that is hashed, as it is."""

    async def work(context: Context) -> dict[str, Any]:
        if limit < 1:
            raise CommandFailed("--limit must be at least 1")
        wanted = asked_for(who, what, subject, since, until)
        found: list[ChainedEntry] = []
        place = NEWEST
        while len(found) < limit:
            page = await trail_page(context, wanted, place=place, limit=min(limit - len(found), LARGEST_PAGE))
            found += page.entries
            if page.next_place is None:
                break
            place = page.next_place
        return {"entries": [_row(each) for each in found]}

    run(common, work, lambda r: "\n".join(_line(row) for row in r["entries"]) or "no such change")


@app.command
def verify(
    *,
    heads: Annotated[Path | None, Parameter(help="Heads that were kept elsewhere: what `audit heads` printed.")] = None,
    public_key: Annotated[
        list[str] | None,
        Parameter(help="Key that heads may be signed with, in hexadecimal; repeat for more. Default: its own."),
    ] = None,
    common: Common | None = None,
) -> None:
    """Follow every chain from its beginning, and name the first entry that was altered or is missing; exit 1 then."""

    async def work(context: Context) -> dict[str, Any]:
        kept = read_heads(heads.read_text("utf-8")) if heads else []
        trusted = read_keys(public_key) or [public_key_of(context.trail_key)]
        proofs = await prove(context, kept, trusted)
        return {"whole": all(proof.flaw is None for proof in proofs), "chains": [_proof_row(each) for each in proofs]}

    results: list[dict[str, Any]] = []

    async def noted(context: Context) -> dict[str, Any]:
        results.append(await work(context))
        return results[0]

    run(common, noted, lambda r: "\n".join(_proof_line(row) for row in r["chains"]))
    if not results[0]["whole"]:
        raise SystemExit(1)


@app.command(name="heads")
def list_heads(*, common: Common | None = None) -> None:
    """Print the signed heads, one JSON object a line: kept elsewhere, they prove all that was there on their days."""

    async def work(context: Context) -> dict[str, Any]:
        return {"heads": [head_line(head) for head in await every_head(context)]}

    run(common, work, lambda r: "\n".join(json.dumps(head) for head in r["heads"]) or None)


@app.command(name="key")
def show_key(*, common: Common | None = None) -> None:
    """Print the public key (Ed25519, in hexadecimal) by which others check the heads."""

    async def work(context: Context) -> dict[str, Any]:
        return {"public_key": public_key_of(context.trail_key).hex()}

    run(common, work, lambda r: str(r["public_key"]))


def _row(each: ChainedEntry) -> dict[str, Any]:
    entry = each.entry
    return {
        "cell": each.cell,
        "number": each.number,
        "at": stamp(each.at),
        "who": {name: getattr(entry.actor, name) for name in entry.actor.__struct_fields__},
        "what": entry.deed,
        "subject": entry.subject,
        "before": json.loads(entry.before),
        "after": json.loads(entry.after),
        "previous": each.previous.hex(),
        "hash": each.hash.hex(),
        "text": written(each.cell, each.at, entry),
    }


def _line(row: dict[str, Any]) -> str:
    who = row["who"]
    named = f"{who['role']}:{who['actor_id']} {who['name']}".strip()
    where = " ".join(filter(None, [who["via"], who["address"]]))
    sides = f"{json.dumps(row['before'], ensure_ascii=False)} → {json.dumps(row['after'], ensure_ascii=False)}"
    return f"{row['at'][:19]}Z  {row['what']:22} {row['subject']}  {named} ({where})\n    {sides}"


def _proof_row(proof: ChainProof) -> dict[str, Any]:
    flaw = {"number": proof.flaw.number, "said": proof.flaw.sentence} if proof.flaw else None
    return {"cell": proof.cell, "entries": proof.entries, "proven": proof.proven, "flaw": flaw}


def _proof_line(row: dict[str, Any]) -> str:
    place = f"cell {row['cell']}" if row["cell"] else "look-ups"
    if row["flaw"]:
        return f"{place}: entry {row['flaw']['number']} {row['flaw']['said']}"
    proven = f", {row['proven']} of them proven by signed heads" if row["proven"] else ""
    return f"{place}: {row['entries']} entries, nothing altered or missing{proven}"
