"""What a customer says of one picture: by itself and on a line of a file by the same rule. Pure.

docs/reference/v1/tasks.md, docs/reference/v1/files.md.
"""

from manyeyes.values.text.rules import is_too_long

LONGEST_ID, LONGEST_COMMENT, LONGEST_ADDRESS = 500, 2_000, 2_048  # characters
_LONGEST = {"external_id": LONGEST_ID, "picture_url": LONGEST_ADDRESS}


def text_fault(name: str, text: str) -> str:
    """Return why ``text`` cannot be a picture's `external_id`, `picture_url` or `comment`; empty when it can.

    A comment's characters are counted as they are kept.
    """
    longest = _LONGEST.get(name, LONGEST_COMMENT)
    if is_too_long(text, longest) if name == "comment" else len(text) > longest:
        return f"{name} has at most {longest} characters"
    if "\x00" in text:
        return f"{name} holds the character NUL, which cannot be stored"
    return ""
