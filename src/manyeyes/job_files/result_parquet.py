"""Results, and what each person gave, as Parquet. Loaded only when somebody asks: what writes it is large. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from manyeyes.job_files.parquet_sink import ParquetSink
from manyeyes.job_files.result_rows import OUTCOMES, FileRow, Layout, column_names
from manyeyes.tasks.options import AnyOptions
from manyeyes.tasks.questions import ChoicesOptions, FieldOptions, FieldsOptions, NumberOptions

_MONEY = pa.decimal128(18, 6)
_TYPES = {
    "line": pa.int32(),
    "answers": pa.int16(),
    "confidence": pa.float64(),
    "proven": pa.bool_(),
    "uncertain": pa.bool_(),
    "at": pa.timestamp("us", tz="UTC"),
    "cost": _MONEY,
    "refunded": _MONEY,
    "ended_at": pa.timestamp("us", tz="UTC"),
    "task_id": pa.int64(),
}
_DIGITS = 38


class ResultParquet:
    """Writes a file in groups of rows; each call returns the bytes that are ready, so that it never lies whole."""

    def __init__(self, options: AnyOptions, names: list[str], layout: Layout = OUTCOMES) -> None:
        answers = [_type(each) for each in (options.fields if isinstance(options, FieldsOptions) else (options,))]
        before, behind = [[_TYPES.get(name, pa.string()) for name in part] for part in layout]
        self._answers = answers
        self._schema = pa.schema(list(zip(column_names(names, layout), [*before, *answers, *behind], strict=True)))
        self._sink = ParquetSink()
        self._writer = pq.ParquetWriter(self._sink, self._schema, compression="zstd")

    def write(self, rows: Sequence[FileRow]) -> bytes:
        """Write one group of rows."""
        columns = zip(*(self._values(row) for row in rows), strict=True)
        arrays = [pa.array(column, type=field.type) for column, field in zip(columns, self._schema, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        return self._sink.fetch()

    def end(self) -> bytes:
        """Write what stands behind the last group."""
        self._writer.close()
        return self._sink.fetch()

    def _values(self, row: FileRow) -> tuple[object, ...]:
        cells = [_value(value, kind) for value, kind in zip(row.cells, self._answers, strict=True)]
        return *row.leading, *cells, *row.trailing


def _type(options: AnyOptions | FieldOptions) -> Any:
    """Return the type of an answer's column: a decimal where the question says how many digits, else a double."""
    if isinstance(options, NumberOptions):
        return pa.float64() if options.decimals is None else pa.decimal128(_DIGITS, options.decimals)
    return pa.list_(pa.string()) if isinstance(options, ChoicesOptions) else pa.string()


def _value(value: object, kind: Any) -> object:
    return float(value) if isinstance(value, Decimal) and pa.types.is_floating(kind) else value
