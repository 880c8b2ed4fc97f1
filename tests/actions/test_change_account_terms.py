"""change_account_terms: what is given changes, the rest stays."""

from typing import Any

from manyeyes.accounts.store import Terms
from manyeyes.actions.change_account_terms import ChangeAccountTerms, change_account_terms
from support.action_stage import Stage
from support.told_changes import ANN, told


async def test_what_is_given_changes_in_its_order(stage: Stage):
    one, two = await stage.account(), await stage.account()
    batch = [
        ChangeAccountTerms(cell=stage.cell, account_id=two, weight=3),
        ChangeAccountTerms(cell=stage.cell, account_id=one, suspended=True, max_bid_micros=900),
        ChangeAccountTerms(cell=stage.cell, account_id=two, weight=4),
        ChangeAccountTerms(cell=stage.cell, account_id=99_999, weight=5),
    ]
    assert await stage.act(change_account_terms, *batch) == [True, True, True, False]
    rows = await stage.rows("account", "account_id, weight, max_bid_micros, suspended")
    assert sorted(tuple(row.values()) for row in rows) == [(one, 1, 900, True), (two, 4, 0, False)]


async def test_what_somebody_else_changed_meanwhile_is_not_written_over(stage: Stage):
    account_id = await stage.account()
    seen = Terms(account_id=account_id, weight=1, max_bid_micros=0, suspended=False)
    mine: dict[str, Any] = {"cell": stage.cell, "account_id": account_id, "seen": seen}
    assert await stage.act(change_account_terms, ChangeAccountTerms(**mine, weight=3)) == [True]
    batch = [
        ChangeAccountTerms(**mine, weight=5, keep_days=7),
        ChangeAccountTerms(**mine, keep_days=30),
        ChangeAccountTerms(**mine, keep_days=60),
    ]
    assert await stage.act(change_account_terms, *batch) == [False, True, False]
    (row,) = await stage.rows("account", "weight, keep_days")
    assert tuple(row.values()) == (3, 30)


async def test_each_change_is_told_with_what_it_was_before_and_none_where_nothing_changed(stage: Stage):
    one, two = await stage.account(), await stage.account()
    terms: dict[str, Any] = {"cell": stage.cell, "actor": ANN}
    batch = [
        ChangeAccountTerms(account_id=two, weight=3, **terms),
        ChangeAccountTerms(account_id=one, suspended=True, keep_days=90, **terms),
        ChangeAccountTerms(account_id=two, weight=4, max_bid_micros=0, **terms),
        ChangeAccountTerms(account_id=two, weight=4, **terms),
        ChangeAccountTerms(account_id=99_999, weight=5, **terms),
    ]
    await stage.act(change_account_terms, *batch)
    assert await told(stage) == [
        ("account.set", f"account:{two}", {"weight": 1}, {"weight": 3}),
        ("account.set", f"account:{one}", {"suspended": False}, {"suspended": True}),
        ("account.set", f"account:{two}", {"weight": 3}, {"weight": 4}),
    ]
