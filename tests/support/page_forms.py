"""The forms that stand on a page, with what a browser would send of each."""

from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import quote

FORM_TYPE = "application/x-www-form-urlencoded"
Attributes = list[tuple[str, str | None]]


class PageForms(HTMLParser):
    """``found``: where each form that is posted goes (empty: to its page), and what stands in its fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._fields: dict[str, str] | None = None
        self._select = self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Take a form, or a field of one."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._fields = {}
            self.found.append((given.get("action", ""), self._fields))
        name = given.get("name", "")
        if self._fields is None:
            return
        if tag in ("input", "button") and name:
            self._fields.setdefault(name, given.get("value", ""))
        elif tag in ("select", "textarea") and name:
            self._fields[name] = ""
            self._select, self._area = (name, "") if tag == "select" else ("", name)
        elif tag == "option" and self._select and ("selected" in given or not self._fields[self._select]):
            self._fields[self._select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        """Take the words of a large field."""
        if self._fields is not None and self._area:
            self._fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        """Take the end of a form, or of a field."""
        if tag == "form":
            self._fields = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""


def encoded(fields: Mapping[str, bytes]) -> bytes:
    """Return a body of fields whose values are encoded already: what no text can be may be sent too."""
    return b"&".join(quote(name).encode() + b"=" + value for name, value in fields.items())
