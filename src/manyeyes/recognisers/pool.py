"""The recognisers as the edges see them: pictures in, findings out, whatever becomes of the processes behind."""

import asyncio
from collections.abc import Collection, Mapping, Sequence

import structlog

from manyeyes.pictures.anatomy import Broken, TooManyPixels
from manyeyes.pictures.exif import UPRIGHT
from manyeyes.pictures.reader import read
from manyeyes.recognisers import people
from manyeyes.recognisers.child_command import UNFOLDING
from manyeyes.recognisers.child_protocol import Frames, Item, Outcome, Verb
from manyeyes.recognisers.finding_checks import sound
from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.picture_intake import by_structure, is_light, pretence
from manyeyes.recognisers.process_handle import ChildKind
from manyeyes.recognisers.request_queue import MOST_OF_AN_ACCOUNT, PICTURES, Lane, RecogniserAway, RecogniserBusy
from manyeyes.recognisers.unfolded_picture import UnfoldedPicture
from manyeyes.tasks.pictures import Picture

log = structlog.get_logger()
__all__ = ["RecogniserAway", "RecogniserBusy", "RecogniserPool"]


class RecogniserPool:
    """One lane of child processes per recogniser and model, and one that unfolds pictures; each starts at first use,
    or where it is kept warm. ``changed`` is set when what is to be kept warm may be other than it was.

    ``seconds``: for one picture, after which its child is killed. ``megabytes``: of memory, for each child.
    ``processes``: at most so many for each recogniser with its model. ``most_of_an_account``: pictures that wait. Where
    an ``account`` is asked for below, it is whose the pictures are, 0 for the house.
    """

    def __init__(
        self, seconds: float, megabytes: int, processes: int = 1, most_of_an_account: int = MOST_OF_AN_ACCOUNT
    ) -> None:
        self._most_of_an_account = most_of_an_account
        self._seconds = seconds
        self._megabytes = megabytes
        self._processes = processes
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._people = people.open_people("")
        self.changed = asyncio.Event()

    async def recognise(
        self, recogniser: str, model: str, labels: Mapping[int, str], pictures: Sequence[Picture], *, account: int = 0
    ) -> list[Finding | Failure]:
        """Return what a recogniser says of each picture. ``labels``: the recognition's names, by number, 0 and up.

        A picture that kills the recogniser's process twice is a `Failure`; others that were in its batch are not.
        Raises `RecogniserAway` when it cannot run at all, and its `RecogniserBusy` when too much waits already.
        """
        if recogniser == people.NAME:
            PICTURES.labels(recogniser, "finding").inc(len(pictures))
            return list(self._people.recognise([picture.data for picture in pictures], labels))
        items = [_item(picture, labels) for picture in pictures]
        outcomes = await self._lane(recogniser, model).ask(items, account=account)
        return [sound(outcome if isinstance(outcome, Finding) else _failure(outcome), labels) for outcome in outcomes]

    async def unfold(self, data: bytes, *, account: int = 0) -> list[Picture] | Failure:
        """Return a picture's frames as PNG, JPEG or GIF without notes, or why it is none that browsers show.

        A child decodes it. Raises `RecogniserAway` when that cannot run, `RecogniserBusy` when too much waits for it;
        but of a still, upright PNG, JPEG or GIF the structure's word is taken when no child can run.
        """
        pretended = pretence(data)
        if pretended:
            return pretended
        try:
            return await self._decoded(data, Verb.UNFOLD, account)
        except RecogniserAway as away:
            seen = None if isinstance(away, RecogniserBusy) else by_structure(data)
            if seen is None:
                raise
            log.error("picture_not_decoded", fault=away.detail)
            return seen if isinstance(seen, Failure) else [seen]

    async def check(self, data: bytes, *, account: int = 0) -> Failure | None:
        """Return why a picture, whose structure was read, is none that browsers show whole; None: its pixels are there.

        A child decodes it. When that cannot run, the structure's word is taken, of pictures that lack their end a no.
        Raises `RecogniserBusy` when too much waits for it.
        """
        try:
            found = await self._decoded(data, Verb.CHECK, account)
        except RecogniserBusy:
            raise
        except RecogniserAway as away:
            log.error("picture_not_decoded", fault=away.detail)
            return Failure("the JPEG is truncated: its end mark is not there") if read(data).lacks_end else None
        return found if isinstance(found, Failure) else None

    async def shown(self, media: str, data: bytes) -> Picture | Failure:
        """Return a kept picture as anybody but its customer may see it: without notes, the right way up.

        Parts are left out here; turning is a child's, and so is a picture that is not taken any more. When no child can
        run, it lies as it lay. Raises `RecogniserBusy` when too much waits; `RecogniserAway` when nothing else is left.
        """
        try:
            found = read(data)
        except (Broken, TooManyPixels):
            found = None
        if found and found.orientation == UPRIGHT:
            return Picture(media, found.width, found.height, found.cleaned())
        try:
            turned = await self._decoded(data, Verb.TURN, 0)
        except RecogniserAway as away:
            if isinstance(away, RecogniserBusy) or found is None:
                raise
            return Picture(media, found.width, found.height, found.cleaned())
        return turned if isinstance(turned, Failure) else turned[0]

    async def for_people(self, picture: Picture, *, account: int = 0) -> Picture | Failure:
        """Return the picture as a person is sent it: itself, or of one above 500 kB what `lighter` makes of it.

        A `Failure` says that it was broken, which its structure did not show. Raises as `unfold` does.
        """
        if is_light(picture):
            return picture
        lighter = await self._decoded(picture.data, Verb.LIGHTEN, account)
        return lighter if isinstance(lighter, Failure) else lighter[0]

    def keep_warm(self, wanted: Collection[tuple[str, str]]) -> None:
        """Keep a child open of each of these recognisers and models, and one that unfolds pictures for them.

        Others end when nothing comes for them. One that cannot open is tried again when this is asked later.
        """
        kept = {each for each in wanted if each[0] != people.NAME}
        if wanted:
            kept.add((UNFOLDING, ""))
        for lane in self._lanes.values():
            lane.is_kept = False
        for each in sorted(kept):
            self._lane(*each).warm()

    async def close(self) -> None:
        """End every child and wait until it is gone."""
        await asyncio.gather(*(lane.close() for lane in self._lanes.values()))

    async def _decoded(self, data: bytes, verb: Verb, account: int) -> list[Picture] | Failure:
        (outcome,) = await self._lane(UNFOLDING, "").ask([Item(data, verb=verb)], account=account)
        return list(outcome.pictures) if isinstance(outcome, Frames) else _failure(outcome)

    def _lane(self, recogniser: str, model: str) -> Lane:
        key = recogniser, model
        if key not in self._lanes:
            kind = ChildKind(*key, self._seconds, self._megabytes)
            self._lanes[key] = Lane(kind, self._processes, self._most_of_an_account)
        return self._lanes[key]


def _item(picture: Picture, labels: Mapping[int, str]) -> Item:
    if isinstance(picture, UnfoldedPicture):
        return Item(picture.data, dict(labels), shrunk=picture.shrunk, is_part=picture.is_part)
    return Item(picture.data, dict(labels))


def _failure(outcome: Outcome) -> Failure:
    """Return a failure as it is; anything else is no answer to what was asked."""
    return outcome if isinstance(outcome, Failure) else Failure("the recogniser's process talked nonsense")
