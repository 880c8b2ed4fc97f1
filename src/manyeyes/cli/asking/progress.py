"""What is seen while it lasts: a bar on a terminal, elsewhere a line every ten seconds; nothing when quiet."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from manyeyes_client import JobProgress

LINE_SECONDS = 10.0


class AskProgress:
    """Shows how far sending and answering are, on stderr."""

    def __init__(self, console: Console, *, is_quiet: bool) -> None:
        self._is_quiet, self._last, self._said = is_quiet, 0.0, ""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[more]}"),
        )
        is_bar = console.is_terminal and not is_quiet
        self._bar = Progress(*columns, console=console, transient=False) if is_bar else None
        self._steps: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def sent(self, count: int, total: int) -> None:
        """Show that so many items were sent."""
        self._show("sending", count, total, "")

    def job(self, job: JobProgress) -> None:
        """Show how far a job is."""
        counts = job.counts
        ended = counts.done + counts.failed + counts.cancelled
        self._show("answered", ended, counts.items, told(job))

    def _show(self, step: str, count: int, total: int, more: str) -> None:
        if self._bar:
            if step not in self._steps:
                self._steps[step] = self._bar.add_task(step, total=total, more=more)
            self._bar.update(self._steps[step], completed=count, total=total, more=more)
            return
        now, line = time.monotonic(), f"{step} {count}/{total}  {more}".rstrip()
        if not self._is_quiet and line != self._said and (count >= total or now - self._last >= LINE_SECONDS):
            self._last, self._said = now, line
            print(line, file=sys.stderr, flush=True)


def told(job: JobProgress) -> str:
    """Return in words what is to be known of a job beside its counts."""
    parts = [f"{job.net} USD"]
    if job.counts.failed:
        parts.append(f"{job.counts.failed} not answered")
    if job.state != "running":
        parts.append(job.state)
    elif job.waits_for:
        parts.append(f"waits for {job.waits_for}")
    elif job.eta_seconds is not None and job.counts.open:
        parts.append(f"about {_span(job.eta_seconds)} to go")
    return ", ".join(parts)


def _span(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
