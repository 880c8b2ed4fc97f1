"""forget_refused_reports: refused reports are kept for a month."""

from manyeyes.actions.forget_refused_reports import ForgetRefusedReports, forget_refused_reports
from manyeyes.reports.rules import REFUSED_KEPT_DAYS
from support.action_stage import Stage


async def test_those_of_a_month_ago_are_forgotten(stage: Stage):
    account_id = await stage.account()
    for task_id, days in ((11, REFUSED_KEPT_DAYS + 1), (12, REFUSED_KEPT_DAYS - 1)):
        await stage.complain(account_id, task_id)
        await stage.change(
            "UPDATE refused_report SET at = now() - make_interval(days => $3) WHERE cell = $1 AND task_id = $2",
            task_id,
            days,
        )
    await stage.act(forget_refused_reports, ForgetRefusedReports(stage.cell), ForgetRefusedReports(stage.cell))
    assert [row["task_id"] for row in await stage.rows("refused_report", "task_id")] == [12]
