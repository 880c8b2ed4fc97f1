"""Every refusal of /v1/worker and /v1/reviewer has a true text of its own on its screen, in every language."""

import ast
from collections.abc import Mapping

import pytest

from manyeyes.console.reviewer.judging_wording import JUDGING_WORDS
from manyeyes.console.reviewer.review_wording import REVIEW_WORDS
from manyeyes.console.shared.languages import LANGUAGES, catalogue
from manyeyes.console.shared.task_wording import ONE_OR_MANY, WORDS, words_for
from manyeyes.values.refusals import Reason
from support.repository import ROOT

PACKAGES = ROOT / "src"
GUARDS = {"foreign_origin", "too_many_waits"}  # of every call
OF_CUSTOMERS = {"unknown_key", "scope_missing"}  # of keys and of an account's people, who are no workers
# Where the calls of a screen are, its words, and what only other rooms say that these calls share parts with.
SCREENS: dict[str, tuple[tuple[str, ...], Mapping[str, str | ONE_OR_MANY], set[str]]] = {
    "worker": (("worker", "practice"), WORDS, set()),
    "reviewer": (
        ("reviewer",),
        REVIEW_WORDS,
        {"already_passed_on", "answer_unfit", "below_floor", "break_due", "lease_lost", "not_online", "site_withdrawn"},
    ),
    "results": (
        ("judging",),
        JUDGING_WORDS,
        {"already_passed_on", "below_floor", "lease_lost", "not_online", "site_withdrawn"},
    ),
}


def reasons(*starts: str) -> set[str]:
    """Return the refusals that calls of /v1 can lead to: all that the roles and actions behind them name."""
    seen: set[str] = set()
    found: set[str] = set()
    ahead = [f"manyeyes.v1.{start}" for start in (*starts, "authentication")]
    while ahead:
        module = ahead.pop()
        path = PACKAGES / f"{module.replace('.', '/')}.py"
        if module in seen or not path.exists():
            continue
        seen.add(module)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                ("manyeyes.roles", "manyeyes.actions")
            ):
                ahead.append(node.module or "")
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Reason":
                found.add(Reason[node.attr].value)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", SCREENS)
def test_each_refusal_has_a_text_of_its_own(screen: str, language: str):
    starts, of, others = SCREENS[screen]
    possible = (reasons(*starts) | GUARDS) - OF_CUSTOMERS - others
    words = words_for(catalogue(language), of)
    missing = sorted(reason for reason in possible if f"notice.{reason}" not in words)
    assert missing == []
    texts = {reason: words[f"notice.{reason}"] for reason in possible}
    assert len(set(map(str, texts.values()))) == len(texts), "two refusals say the same"
    if language != "en":
        english = words_for(catalogue("en"), of)
        assert [r for r, text in texts.items() if text == english[f"notice.{r}"]] == []


def test_what_is_left_out_as_other_rooms_is_really_not_said_by_these_calls():
    """The desks of reviewers name none of it themselves: only the desk of workers does, whose waiting they share."""
    for name in ("reviewer", "judging", "reviewer_desk"):
        text = (PACKAGES / f"manyeyes/roles/{name}.py").read_text()
        assert not [
            reason for reason in ("BELOW_FLOOR", "LEASE_LOST", "NOT_ONLINE", "SITE_WITHDRAWN") if reason in text
        ]
