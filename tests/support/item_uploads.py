"""Files of items on a stage, a part at a time."""

from typing import Any

from manyeyes.actions.add_items import AddItems, AddOutcome, ItemsAdded, NewItem, add_items
from manyeyes.actions.drop_uploads import DropUpload, drop_uploads
from manyeyes.jobs import store as jobs
from manyeyes.jobs.store import JobUpload
from manyeyes.jobs.upload_rules import BEGINNING, chained
from manyeyes.tasks.rules import IMAGE_TO_TEXT, ImageOptions
from manyeyes.values.refusals import Refusal
from support import job_lives
from support.action_stage import PICTURE, Stage


def new_items(numbers: "list[tuple[int, str]]", **given: Any) -> tuple[NewItem, ...]:
    """Return items by (task, name)."""
    values: dict[str, Any] = {"picture": PICTURE, "picture_url": "", "comment": "", "truth": "", **given}
    return tuple(NewItem(task_id=task_id, external_id=name, **values) for task_id, name in numbers)


def adding(stage: Stage, account_id: int, job_id: int, names: list[str], *, after: int = 0, **given: Any) -> AddItems:
    """Return the command that adds the next items of a file, whose names tell them apart."""
    before = given.pop("before", [])
    digest = BEGINNING
    for name in [*before, *names]:
        digest = chained(digest, name, PICTURE.data, "", "", "")
    values: dict[str, Any] = {
        "upload_key": "file",
        "line": after + len(names),
        "items": new_items([(stage.number(), name) for name in names]),
        "kind": IMAGE_TO_TEXT,
        "options": ImageOptions(comment="What is it?"),
    }
    return AddItems(
        cell=stage.cell, account_id=account_id, job_id=job_id, after=after, digest=digest, **{**values, **given}
    )


async def add(stage: Stage, command: AddItems) -> AddOutcome:
    """Add a part of a file."""
    (outcome,) = await stage.act(add_items, command)
    return outcome


async def drop(stage: Stage, account_id: int, job_id: int, key: str = "file", **given: Any) -> int | Refusal:
    """Drop a part of a file."""
    command = DropUpload(cell=stage.cell, account_id=account_id, job_id=job_id, upload_key=key, **given)
    (outcome,) = await stage.act(drop_uploads, command)
    return outcome


async def file_of(stage: Stage, job_id: int, key: str = "file") -> JobUpload | None:
    """Return how far a file is."""
    found = await stage.read(jobs.uploads, stage.cell, [job_id])
    return next((file for file in found if file.upload_key == key), None)


async def make_files(stage: Stage, *account_ids: int) -> None:
    """Make a draft for each account with an item, a complete file and one that is half there."""
    for account_id in account_ids:
        job_id = await job_lives.draft(stage, account_id, items=1)
        for key, names in (("whole", ["whole 0", "whole 1"]), ("half", ["a", "b"])):
            part = adding(stage, account_id, job_id, names, upload_key=key, is_complete=key == "whole")
            assert isinstance(await add(stage, part), ItemsAdded)
