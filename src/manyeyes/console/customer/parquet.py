"""Results as Parquet. Loaded only when somebody asks for such a file: what writes it is large."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from manyeyes.job_files.parquet_sink import ParquetSink

GROUP = 20_000  # rows written together: a file with few, large groups is small and quick to read
SCHEMA = pa.schema(
    [
        ("at", pa.timestamp("us", tz="UTC")),
        *((name, pa.string()) for name in ("name", "tag", "uid", "sequence_id")),
        ("label", pa.int32()),
        ("label_name", pa.string()),
        ("rate", pa.float64()),
        ("threshold", pa.float64()),
        ("review", pa.bool_()),
        ("fault", pa.string()),
        ("review_state", pa.string()),
        ("review_task_id", pa.int32()),
        ("verdict", pa.int32()),
        ("verdict_name", pa.string()),
        ("overturned", pa.bool_()),
        ("milliseconds", pa.int32()),
        ("charged_micros", pa.int64()),
    ]
)


async def parquet(pages: AsyncIterator[list[tuple[Any, ...]]]) -> AsyncIterator[bytes]:
    """Yield a file with the rows of the pages, in pieces. Encoding runs beside the other requests."""
    sink = ParquetSink()
    with pq.ParquetWriter(sink, SCHEMA, compression="zstd") as writer:
        rows: list[tuple[Any, ...]] = []
        async for page in pages:
            rows += page
            if len(rows) >= GROUP:
                await asyncio.to_thread(_write, writer, rows)
                yield sink.fetch()
                rows = []
        if rows:
            await asyncio.to_thread(_write, writer, rows)
    yield sink.fetch()


def _write(writer: Any, rows: list[tuple[Any, ...]]) -> None:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    writer.write_table(pa.Table.from_arrays(arrays, schema=SCHEMA))
