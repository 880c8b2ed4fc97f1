"""A worker's routes: pages to look at, and forms to send."""

from manyeyes.console.shared.rooms import PageOrForm, Rooms
from manyeyes.console.worker.accuracy import AccuracyPages
from manyeyes.console.worker.announcements import AnnouncementForms
from manyeyes.console.worker.marks import MarkPages
from manyeyes.console.worker.mine import MinePages
from manyeyes.console.worker.own_keys import OwnKeyPages
from manyeyes.console.worker.own_queues import OwnQueuePages
from manyeyes.console.worker.reports import ComplaintPages
from manyeyes.console.worker.widget import WidgetPages
from manyeyes.console.worker.work import WorkPages
from manyeyes.runtime.context import Context


def workers(context: Context) -> Rooms:
    """Return a worker's pages and forms by their paths."""
    work, complaints, accuracy = WorkPages(context), ComplaintPages(context), AccuracyPages(context)
    mine, marks = MinePages(context), MarkPages(context)
    own_queues, own_keys = OwnQueuePages(context), OwnKeyPages(context)
    pages: dict[str, PageOrForm] = {
        "/worker": work.show,
        "/worker/accuracy": accuracy.show,
        "/worker/mine": mine.show,
        "/worker/mine.csv": mine.download,
        "/worker/keys": own_keys.show,
        "/worker/marks": marks.show,
        "/worker/queues": own_queues.show,
        "/worker/reports": complaints.show,
        "/widget/{signed}": WidgetPages(context).show,
    }
    forms: dict[str, PageOrForm] = {
        "/worker/online": work.online,
        "/worker/offline": work.offline,
        "/worker/answer": work.answer,
        "/worker/skip": work.skip,
        "/worker/instructions": work.instructions,
        "/worker/accuracy/appeal": accuracy.appeal,
        "/worker/announcements/dismiss": AnnouncementForms(context).dismiss,
        "/worker/queues/choose": own_queues.choose,
        "/worker/keys": own_keys.choose,
        "/worker/keys/first": own_keys.forget,
        "/worker/marks/agree": marks.agree,
        "/worker/marks/avoid": marks.avoid,
        "/worker/look": marks.look,
        "/worker/accuracy/practise": accuracy.practise,
        "/worker/appeal": complaints.appeal,
        "/worker/mine/ask": mine.ask,
        "/worker/mine/withdraw": mine.withdraw,
    }
    return pages, forms
