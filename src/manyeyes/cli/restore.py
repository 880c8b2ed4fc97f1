"""manyeyes restore: an installation made anew from its copies, as it was at any second."""

from typing import Annotated, Any

from cyclopts import Parameter

from manyeyes.backups.catalogue import open_place
from manyeyes.backups.restoring import restore as restore_installation
from manyeyes.backups.rules import instant_text
from manyeyes.cli.backup import From
from manyeyes.cli.command import Common, say, tell_result, told
from manyeyes.cli.options import settings_of
from manyeyes.runtime.key_file import key_path
from manyeyes.v1.instants import instant


def restore(
    *,
    to: Annotated[str | None, Parameter(help="2026-01-31T09:30:00Z; default: all that was kept.")] = None,
    place: From = None,
    common: Common | None = None,
) -> None:
    """Make the database of `--data`, in which none may be, from its copies; the key file is brought by hand."""
    common = common or Common()
    with told():
        settings = settings_of(common, backup_to=place)
        wanted = instant("--to", to) if to else None
        base, at, missing_after = restore_installation(open_place(settings.backup_to), settings.data, wanted, say)
        has_key = bool(settings.secrets_key) or key_path(settings).exists()
        result = {
            "copy": base.name,
            "restored_to": instant_text(at or base.ended_at),
            "log_missing_after": missing_after,
            "has_key_file": has_key,
        }
        tell_result(common, result, lambda found: _show(found, str(key_path(settings))))


def _show(result: dict[str, Any], key: str) -> str:
    said = f"restored to {result['restored_to']}, from the copy {result['copy']}"
    if result["has_key_file"]:
        return said
    return f"{said}\nnow bring {key}, which no copy holds"
