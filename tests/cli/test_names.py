"""Whatever the command line gives a name to: one that nobody could read is refused, and says why."""

import pytest

from manyeyes.values.text.rules import LONGEST_NAME

MAKES = {
    "account": ["account", "create", "{}"],
    "worker": ["worker", "create", "{}"],
    "queue": ["queue", "add", "77", "{}", "--language", "en"],
    "app": ["app", "create", "{}", "--account", "Ann"],
    "soft app": ["soft-app", "create", "{}", "--account", "Ann"],
    "recognition": ["recognition", "create", "Shop", "--recogniser", "people", "--labels", "0=a", "--name", "{}"],
    "label": ["recognition", "create", "Shop", "--recogniser", "people", "--labels", "0={}"],
}
UNREADABLE = {
    "Ev\u202eil": "writing direction",
    "\u2800": "must not be empty",
    "x" * (LONGEST_NAME + 1): "more than 60",
}


@pytest.mark.parametrize("command", MAKES.values(), ids=MAKES)
def test_a_name_that_nobody_could_read_is_refused(manyeyes, tmp_path, command):
    manyeyes("account", "create", "Ann", "--json").json  # noqa: B018
    manyeyes("app", "create", "Shop", "--account", "Ann", "--out", tmp_path / "keys", "--json").json  # noqa: B018
    for name, why in UNREADABLE.items():
        said = manyeyes(*(part.format(name) for part in command)).complaint
        assert why in said
        assert "name" in said
