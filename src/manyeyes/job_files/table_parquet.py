"""Rows of a table as Parquet. Loaded only when somebody asks: what writes it is large. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from manyeyes.job_files.parquet_sink import ParquetSink

# PostgreSQL's types; every other one is written as text (JSON, arrays).
_TYPES = {
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "float4": pa.float32(),
    "bool": pa.bool_(),
    "timestamptz": pa.timestamp("us", tz="UTC"),
}


class TableParquet:
    """Writes a file in groups of rows; each call returns the bytes that are ready, so that it never lies whole."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        """Begin a file; ``columns``: PostgreSQL's name of the type of each."""
        self._schema = pa.schema([(name, _TYPES.get(kind, pa.string())) for name, kind in columns.items()])
        self._sink = ParquetSink()
        self._writer = pq.ParquetWriter(self._sink, self._schema, compression="zstd")

    def write(self, rows: Sequence[Sequence[Any]]) -> bytes:
        """Write one group of rows, which has at least one."""
        columns = zip(*rows, strict=True)
        arrays = [
            pa.array(_texts(each, field.type), field.type) for each, field in zip(columns, self._schema, strict=True)
        ]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        return self._sink.fetch()

    def end(self) -> bytes:
        """Write what stands behind the last group."""
        self._writer.close()
        return self._sink.fetch()


def _texts(values: Sequence[Any], kind: Any) -> Sequence[Any]:
    if not pa.types.is_string(kind):
        return values
    return [value if value is None or isinstance(value, str) else str(value) for value in values]
