"""What serving processes count, by the library's own register of it."""

from prometheus_client import REGISTRY

from manyeyes.server import serving_process


def counted() -> dict[str, tuple[str, ...]]:
    """Return the labels of what processes count, by name."""
    assert serving_process, "and with it all that counts"
    found = {}
    for collector, names in REGISTRY._collector_to_names.items():
        name = getattr(collector, "_name", "")
        if name.startswith("manyeyes_"):
            is_counter = f"{name}_total" in names
            found[f"{name}_total" if is_counter else name] = tuple(collector._labelnames)  # type: ignore[attr-defined]
    return found
