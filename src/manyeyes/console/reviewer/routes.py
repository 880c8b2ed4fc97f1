"""A reviewer's routes: pages to look at, and forms to send."""

from manyeyes.console.reviewer.history import HistoryPages
from manyeyes.console.reviewer.judging import JudgingPages
from manyeyes.console.reviewer.review import ReviewPages
from manyeyes.console.shared.rooms import PageOrForm, Rooms
from manyeyes.runtime.context import Context


def reviewers(context: Context) -> Rooms:
    """Return a reviewer's pages and forms by their paths."""
    review, judging, reviews = ReviewPages(context), JudgingPages(context), HistoryPages(context)
    pages: dict[str, PageOrForm] = {
        "/reviewer": review.show,
        "/reviewer/results": judging.show,
        "/reviewer/history": reviews.show,
        "/reviewer/history.csv": reviews.as_csv,
    }
    forms: dict[str, PageOrForm] = {
        "/reviewer/vote": review.vote,
        "/reviewer/skip": review.skip,
        "/reviewer/correct": reviews.correct,
        "/reviewer/leave": review.leave,
        "/reviewer/results/decide": judging.decide,
        "/reviewer/results/skip": judging.skip,
        "/reviewer/results/leave": judging.leave,
    }
    return pages, forms
