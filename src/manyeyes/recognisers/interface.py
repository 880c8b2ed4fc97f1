"""What a recogniser is: a plug-in that looks at pictures and says which label each deserves, and how sure it is.

A package offers one as an entry point in the group ``manyeyes.recognisers``: a callable ``(model: str) -> Recogniser``,
where ``model`` is the path of the TOML file that the recognition names, empty when it names none. It is called once per
process, and raises ValueError, saying what to do, when the model does not fit. The process is the recogniser's own,
with a limit on memory and time and without a network (pool.py). Recognisers that read CAPTCHAs are not accepted
(CONTRIBUTING.md). How to write one: docs/how-to/write-a-recogniser.md.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

ENTRY_POINTS = "manyeyes.recognisers"


class Finding(msgspec.Struct, frozen=True, tag=True):
    """``label``: one of the recognition's, 0 or above. ``rate``: how sure, 0 to 1; 0 is no opinion.

    ``details``: what else was seen, as JSON; it is kept with the result and shown to the customer. ``unseen``: what of
    the picture was not looked at, in a sentence; the finding then counts as no opinion, unless something was found.
    """

    label: int
    rate: float
    details: dict[str, Any] = msgspec.field(default_factory=dict)
    unseen: str = ""


class Failure(msgspec.Struct, frozen=True, tag=True):
    """The picture could not be recognised (label -1); ``fault`` says why, in a sentence."""

    fault: str


class Recogniser(Protocol):
    """Opened once per process, for every recognition that names it with the same model.

    It may have two members that say what it makes out of large pictures (sight.py has the rule). ``sees``: the width
    and height in pixels up to which it makes out all that matters in one picture, None if in any (1600 x 1600 where it
    has none). ``nothing``: the label that says that nothing was found; larger pictures then come in pieces as well.
    Without it they get no opinion.
    """

    def recognise(self, pictures: Sequence[bytes], labels: Mapping[int, str]) -> Sequence[Finding | Failure]:
        """Return one outcome per picture (PNG, JPEG or GIF, one frame). ``labels``: the recognition's, 0 and up.

        Pictures come upright and without notes.

        It is called once without pictures for each set of labels, and raises ValueError when it cannot give them.
        Whatever else it raises is the fault of the pictures: they are tried again one by one, and one that raises again
        fails.
        """
        ...
