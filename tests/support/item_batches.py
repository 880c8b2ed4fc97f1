"""Batches of parts of customers' files, one function per action with its name (support/batch_draw.py)."""

from manyeyes.actions.add_items import AddItems
from manyeyes.actions.drop_uploads import DropUpload
from support.batch_draw import Draw
from support.batch_world import CELL, World
from support.item_uploads import adding, new_items

KEYS = ("half", "whole", "new")  # of files: one that is half there, one that is complete, and one that never was
HALF = ["a", "b"]  # the names of what is there of the first


def add_items(draw: Draw, world: World) -> list[AddItems]:
    """Draw parts of files, the next one and others, of few jobs; their names meet each other's."""
    some, keys = draw.few(world.drafts), draw.few(KEYS)

    def one() -> AddItems:
        account_id, job_id = draw.one(some)
        names = draw.one(([], ["c"], ["c", "d"], ["a"], ["item 1"], [""]))
        before = draw.one(([], HALF))
        return adding(
            world.stage,
            account_id,
            job_id,
            names,
            after=len(before),
            before=before,
            upload_key=draw.one(keys),
            items=new_items([(next(draw.ids), name) for name in names], truth=draw.one(("", "12"))),
            is_complete=draw.one((False, True)),
        )

    return draw.batch(one)


def drop_uploads(draw: Draw, world: World) -> list[DropUpload]:
    """Draw files to drop, whether they stand still or not."""
    some, keys = draw.few(world.drafts), draw.few(KEYS)

    def one() -> DropUpload:
        account_id, job_id = draw.one(some)
        return DropUpload(
            cell=CELL,
            account_id=account_id,
            job_id=job_id,
            upload_key=draw.one(keys),
            idle_seconds=draw.one((0, 0, 60)),
            only_half=draw.one((False, True)),
        )

    return draw.batch(one)
