"""What a page says of the form that led to it."""

from collections.abc import Callable, Mapping

from starlette.requests import Request


def said_notice(
    request: Request, notices: Mapping[str, tuple[str, str]], say: Callable[[str], str]
) -> dict[str, str] | None:
    """Return the notice that the address names, of ``notices`` as (words, tone), as ``say`` translates it.

    None where it names none.
    """
    found = notices.get(request.query_params.get("notice", ""))
    return {"words": say(found[0]), "tone": found[1]} if found else None
