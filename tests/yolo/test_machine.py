"""The facts about a machine, read from files as Linux writes them."""

import pytest

from yolo import machine


@pytest.fixture
def system(monkeypatch):
    """Stand-ins for the system's files: a dictionary from path to text."""
    files = {}
    monkeypatch.setattr(machine, "_text", lambda path: files.get(str(path).replace("\\", "/"), ""))
    return files


def test_a_container_quota_of_one_and_a_half_cores_counts_as_two_threads(system, monkeypatch):
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda pid: set(range(16)), raising=False)
    assert machine.threads() == 16
    system["/sys/fs/cgroup/cpu.max"] = "150000 100000"
    assert machine.threads() == 2
    system["/sys/fs/cgroup/cpu.max"] = "max 100000"
    assert machine.threads() == 16


def test_free_memory_is_the_smaller_of_the_machines_and_the_containers(system):
    assert machine.free_memory() is None
    system["/proc/meminfo"] = "MemTotal:  9000 kB\nMemAvailable:   4000 kB"
    assert machine.free_memory() == 4000 * 1024
    system |= {"/sys/fs/cgroup/memory.max": "3000000", "/sys/fs/cgroup/memory.current": "1000000"}
    assert machine.free_memory() == 2_000_000


@pytest.mark.parametrize(
    ("cpuinfo", "instructions"),
    [
        ("", None),
        ("flags\t\t: fpu avx2 avx512f", ()),
        ("model name : x\nflags\t\t: avx512_bf16 amx_bf16 amx_tile", ("amx_bf16", "avx512_bf16")),
        ("Features\t: fp asimd bf16", ("bf16",)),
    ],
)
def test_bfloat16_instructions_are_found_in_the_processors_flags(system, cpuinfo, instructions):
    system["/proc/cpuinfo"] = cpuinfo
    assert machine.bfloat16_instructions() == instructions


def test_a_limit_of_threads_comes_from_the_user_or_a_container_else_there_is_none(system, monkeypatch):
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda pid: set(range(16)), raising=False)
    monkeypatch.setattr(machine.os, "cpu_count", lambda: 16)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert machine.thread_limit() is None
    system["/sys/fs/cgroup/cpu.max"] = "400000 100000"
    assert machine.thread_limit() == 4
    for text, limit in (("3", 3), ("2,4", 2), ("0", 4), ("many", 4), ("", 4)):
        monkeypatch.setenv("OMP_NUM_THREADS", text)
        assert machine.thread_limit() == limit, text
