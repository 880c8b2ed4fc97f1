"""What tasks keep as JSON text: answers as they were given and as people read them, and terms."""

import msgspec

from manyeyes.consensus.terms import PeopleTerms


class StoredAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person answered; ``name``: how people read it where ``text`` is a label's number, or JSON."""

    text: str = ""
    name: str = ""


def terms_of(kept: str | None) -> PeopleTerms | None:
    """Return terms as they are kept, JSON; None where there are none."""
    return None if kept is None else msgspec.json.decode(kept, type=PeopleTerms)


def kept_terms(terms: PeopleTerms | None) -> str | None:
    """Return terms as they are kept, JSON; None for none."""
    return None if terms is None else msgspec.json.encode(terms).decode()


def text_of(answer: str | None) -> str:
    """Return the text inside a stored answer; empty when there is none."""
    return _answer.decode(answer).text if answer else ""


def shown_of(answer: str | None) -> str:
    """Return a stored answer as people read it: a label by its name."""
    found = _answer.decode(answer) if answer else StoredAnswer()
    return found.name or found.text


def told_of(answer: str | None) -> str:
    """Return a stored answer as a compatible contract tells it: as people read it, but fields as their JSON object."""
    found = _answer.decode(answer) if answer else StoredAnswer()
    return found.text if found.text.startswith("{") else found.name or found.text


_answer = msgspec.json.Decoder(StoredAnswer)
