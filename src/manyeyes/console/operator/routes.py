"""The operator's routes: pages to look at, and forms to send."""

from manyeyes.console.operator.account_buckets import BucketDeeds
from manyeyes.console.operator.account_work import AccountWorkPages
from manyeyes.console.operator.addresses import AddressPages
from manyeyes.console.operator.agreement import QueueAgreementPages
from manyeyes.console.operator.announcements import AnnouncementPages
from manyeyes.console.operator.apps import AppPages
from manyeyes.console.operator.audit import AuditPages
from manyeyes.console.operator.audit_proof import TrailProofPages
from manyeyes.console.operator.certainty import OperatorCertaintyPages
from manyeyes.console.operator.disputes import RecoursePages
from manyeyes.console.operator.link_requests import LinkRequestsPages
from manyeyes.console.operator.overview import OperatorPages
from manyeyes.console.operator.payouts import PayoutPages
from manyeyes.console.operator.people import PeoplePages
from manyeyes.console.operator.queues import QueuePages
from manyeyes.console.operator.recognition import OperatorRecognitionPages
from manyeyes.console.operator.settings import SettingsPages
from manyeyes.console.operator.sites import SitePages
from manyeyes.console.operator.soft_apps import SoftAppPages
from manyeyes.console.operator.staff import StaffPages
from manyeyes.console.operator.tasks import HouseTaskPages
from manyeyes.console.operator.top_ups import OperatorTopUpPages
from manyeyes.console.operator.workers import WorkerPages
from manyeyes.console.shared.rooms import PageOrForm, Rooms
from manyeyes.runtime.context import Context


def operators(context: Context) -> Rooms:
    """Return the operator's pages and forms by their paths."""
    rooms = [room(context) for room in (_house, _accounts, _people, _ways_in)]
    pages = {path: page for room, _ in rooms for path, page in room.items()}
    return pages, {path: form for _, room in rooms for path, form in room.items()}


def operators_files(context: Context) -> dict[str, PageOrForm]:
    """Return the forms that send files: what they may send they judge themselves."""
    return {"/operator/recognition/{task_id}/import": OperatorRecognitionPages(context).bring}


def _house(context: Context) -> Rooms:
    recourse, recognition = RecoursePages(context), OperatorRecognitionPages(context)
    top_ups, payouts = OperatorTopUpPages(context), PayoutPages(context)
    staff = StaffPages(context)
    certainty, tasks, audit = OperatorCertaintyPages(context), HouseTaskPages(context), AuditPages(context)
    pages: dict[str, PageOrForm] = {
        "/operator": OperatorPages(context).show,
        "/operator/recognition": recognition.show,
        "/operator/recognition/{task_id}": recognition.show_one,
        "/operator/recognition/{task_id}/terms": recognition.show_terms,
        "/operator/certainty": certainty.show,
        "/operator/recourse": recourse.show,
        "/operator/audit": audit.show,
        "/operator/audit.csv": audit.download,
        "/operator/audit/check": TrailProofPages(context).show,
        "/operator/top-ups": top_ups.show,
        "/operator/payouts": payouts.show,
        "/operator/payouts.csv": payouts.download,
        "/operator/settings": SettingsPages(context).show,
        "/operator/staff": staff.show,
        "/operator/tasks": tasks.show,
        "/operator/tasks/{cell}/{task_id}": tasks.show_one,
    }
    forms: dict[str, PageOrForm] = {
        "/operator/appeal": recourse.decide,
        "/operator/top-ups": top_ups.decide,
        "/operator/payouts/move": payouts.move,
        "/operator/staff": staff.add,
        "/operator/staff/link": staff.link,
        "/operator/staff/sign-out": staff.sign_out,
        "/operator/staff/remove": staff.remove,
        "/operator/certainty/anew": certainty.renew,
        "/operator/app": recognition.change_app,
        "/operator/recognition": recognition.change,
        "/operator/recognition/{task_id}/terms": recognition.change_terms,
    }
    return pages, forms


def _accounts(context: Context) -> Rooms:
    deeds, work, one = BucketDeeds(context), AccountWorkPages(context), "/operator/accounts/{account_id}"
    pages: dict[str, PageOrForm] = {
        "/operator/accounts": deeds.show,
        one: deeds.show_one,
        f"{one}/statement": work.statement,
        f"{one}/work": work.work,
    }
    forms: dict[str, PageOrForm] = {
        "/operator/accounts": deeds.create,
        one: deeds.change,
        f"{one}/freeze": deeds.freeze,
        f"{one}/top-up": deeds.top_up,
        f"{one}/keys": deeds.add_key,
        f"{one}/keys/end": deeds.end_key,
        f"{one}/people": deeds.invite,
        f"{one}/buckets": deeds.keep,
        f"{one}/buckets/remove": deeds.forget,
        f"{one}/link": deeds.link,
        f"{one}/sign-out": deeds.sign_out,
        f"{one}/secret": deeds.secret,
        f"{one}/resend": work.resend,
    }
    return pages, forms


def _people(context: Context) -> Rooms:
    people, workers, queues = PeoplePages(context), WorkerPages(context), QueuePages(context)
    agreement, one = QueueAgreementPages(context), "/operator/workers/{worker_id}"
    announcements, links = AnnouncementPages(context), LinkRequestsPages(context)
    pages: dict[str, PageOrForm] = {
        "/operator/people": people.show,
        "/operator/people/{queue_id}": people.show,
        "/operator/announcements": announcements.show,
        "/operator/links": links.show,
        "/operator/workers": workers.show,
        one: workers.show_one,
        "/operator/queues": queues.show,
        "/operator/queues/{queue_id}": queues.show_one,
        "/operator/queues/{queue_id}/agreement": agreement.show,
        "/operator/queues/{queue_id}/agreement.csv": agreement.download,
    }
    forms: dict[str, PageOrForm] = {
        "/operator/people/decide": people.decide,
        "/operator/announcements": announcements.add,
        "/operator/announcements/end": announcements.end,
        "/operator/links/make": links.make,
        "/operator/links/dismiss": links.dismiss,
        "/operator/workers": workers.create,
        one: workers.change,
        f"{one}/caps": workers.cap,
        f"{one}/disable": workers.disable,
        f"{one}/enable": workers.enable,
        f"{one}/link": workers.link,
        f"{one}/sign-out": workers.sign_out,
        f"{one}/payout": workers.pay_out,
        "/operator/queues": queues.create,
        "/operator/queues/{queue_id}": queues.change,
        "/operator/queues/{queue_id}/training": queues.train,
    }
    return pages, forms


def _ways_in(context: Context) -> Rooms:
    sites, soft_apps, addresses = SitePages(context), SoftAppPages(context), AddressPages(context)
    apps, one = AppPages(context), "/operator/apps/{secret_id}"
    pages: dict[str, PageOrForm] = {
        "/operator/apps": apps.show,
        one: apps.show_one,
        "/operator/sites": sites.show,
        "/operator/sites/{account_id}/{domain}": sites.show_one,
        "/operator/soft-apps": soft_apps.show,
        "/operator/addresses": addresses.show,
    }
    forms: dict[str, PageOrForm] = {
        "/operator/apps": apps.create,
        one: apps.change,
        f"{one}/key": apps.replace_key,
        f"{one}/suspend": apps.suspend,
        f"{one}/recognitions": apps.add,
        "/operator/sites": sites.create,
        "/operator/sites/{account_id}/{domain}/check": sites.check,
        "/operator/sites/{account_id}/{domain}/withdraw": sites.withdraw,
        "/operator/soft-apps": soft_apps.create,
        "/operator/soft-apps/pay-out": soft_apps.pay_out,
        "/operator/addresses": addresses.block,
        "/operator/addresses/unblock": addresses.unblock,
    }
    return pages, forms
