"""Tiny ONNX models whose answers can be computed by hand, and the TOML files that describe them."""

from pathlib import Path
from typing import Any

import numpy
from onnx import TensorProto, helper, numpy_helper

PLAIN = {"file": "model.onnx", "size": [4, 2], "labels": [0, 1, 2]}


def describe(folder: Path, **values: Any) -> str:
    """Write a TOML file; returns its path."""
    lines = [f"{name} = {value!r}" for name, value in {**PLAIN, **values}.items()]
    path = folder / "model.toml"
    path.write_text("\n".join(lines), "utf-8")
    return str(path)


def build(folder: Path, nodes: list[Any], weights: dict[str, Any], shape: tuple[Any, ...]) -> None:
    """Write an ONNX file with one input ``x``."""
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(numpy.array(value), name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (folder / "model.onnx").write_bytes(model.SerializeToString())


def averager(folder: Path, shape: Any = ("n", 3, 2, 4), axes: tuple[int, int] = (2, 3), soft: bool = False) -> None:
    """Write a model whose outputs are the averages of the three channels; ``soft``: as probabilities."""
    first = helper.make_node("ReduceMean", ["x"], ["mean"], axes=axes, keepdims=0)
    last = helper.make_node("Softmax" if soft else "Identity", ["mean"], ["y"])
    build(folder, [first, last], {}, shape)
