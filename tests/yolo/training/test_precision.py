"""Which precision is chosen on which machine."""

import pytest
import tensorflow as tf

from yolo.training import precision


@pytest.fixture
def machine(monkeypatch):
    """Pretends to be a machine: `machine(cpu=("avx512_bf16",), gpu=(8, 0))`."""

    def pretend(cpu=(), gpu=None):
        monkeypatch.setattr(precision, "bfloat16_instructions", lambda: cpu)
        monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: ["gpu 0"] if gpu is not None else [])
        details = {"compute_capability": gpu} if gpu else {}
        monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda device: details)

    return pretend


@pytest.mark.parametrize(
    ("cpu", "expected"),
    [
        (("amx_bf16", "avx512_bf16"), "mixed_bfloat16"),
        (("avx512_bf16",), "mixed_bfloat16"),
        (("bf16",), "float32"),  # ARM: TensorFlow's convolutions do not use it
        ((), "float32"),
        (None, "float32"),  # cannot be told on this system
    ],
)
def test_without_a_gpu_the_processor_decides(machine, cpu, expected):
    machine(cpu)
    assert precision.choose("auto") == expected


@pytest.mark.parametrize(
    ("gpu", "expected"),
    [
        ((9, 0), "mixed_bfloat16"),
        ((8, 6), "mixed_bfloat16"),
        ((7, 5), "mixed_float16"),
        ((7, 0), "mixed_float16"),
        ((6, 1), "float32"),
        ((), "float32"),  # not NVIDIA's: it has no compute capability
    ],
)
def test_a_gpu_decides_by_its_compute_capability_whatever_the_processor(machine, gpu, expected):
    machine(("avx512_bf16",), gpu)
    assert precision.choose("auto") == expected


@pytest.mark.parametrize("name", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_a_precision_that_is_asked_for_is_taken(machine, name):
    machine(gpu=(9, 0))
    assert precision.choose(name) == name
