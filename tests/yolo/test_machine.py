"""The facts about a machine, read from files as Linux writes them."""

import pytest

from yolo import machine


@pytest.fixture
def system(monkeypatch):
    """Stand-ins for the system's files: a dictionary from path to text."""
    files = {}
    monkeypatch.setattr(machine, "_text", lambda path: files.get(str(path).replace("\\", "/"), ""))
    return files


@pytest.fixture
def sixteen_cores(monkeypatch):
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda pid: set(range(16)), raising=False)
    monkeypatch.setattr(machine.os, "cpu_count", lambda: 16)


V2, V1 = "/sys/fs/cgroup", "/sys/fs/cgroup/cpu"


@pytest.mark.parametrize(
    ("files", "quota", "threads"),
    [
        ({}, None, 16),
        ({f"{V2}/cpu.max": "100000 100000"}, 1, 1),  # as Docker shows it
        ({f"{V2}/cpu.max": "150000 100000"}, 1.5, 2),
        ({f"{V2}/cpu.max": "120000 100000"}, 1.2, 2),
        ({f"{V2}/cpu.max": "1000 100000"}, 0.01, 1),
        ({f"{V2}/cpu.max": "6400000 100000"}, 64, 16),
        ({f"{V2}/cpu.max": "max 100000"}, None, 16),
        ({"/proc/self/cgroup": "0::/a/b", f"{V2}/a/cpu.max": "200000 100000", f"{V2}/a/b/cpu.max": "max 100000"}, 2, 2),
        ({"/proc/self/cgroup": "0::/a/b", f"{V2}/a/cpu.max": "90000 10000", f"{V2}/a/b/cpu.max": "30000 10000"}, 3, 3),
        ({"/proc/self/cgroup": "0::/a", f"{V2}/b/cpu.max": "100000 100000"}, None, 16),  # another's
        ({"/proc/self/cgroup": "0::/", f"{V2}/cpu.max": "400000 100000"}, 4, 4),
        ({f"{V1}/cpu.cfs_quota_us": "250000", f"{V1}/cpu.cfs_period_us": "100000"}, 2.5, 3),  # as Docker shows it
        ({f"{V1}/cpu.cfs_quota_us": "-1", f"{V1}/cpu.cfs_period_us": "100000"}, None, 16),
        (
            {
                "/proc/self/cgroup": "9:name=systemd:/x\n4:memory:/m\n2:cpuset:/x\n1:cpu,cpuacct:/a:b\n0::/",
                f"{V1}/x/cpu.cfs_quota_us": "100000",
                f"{V1}/x/cpu.cfs_period_us": "100000",
                f"{V1}/a:b/cpu.cfs_quota_us": "100000",
                f"{V1}/a:b/cpu.cfs_period_us": "50000",
            },
            2,
            2,
        ),
        ({f"{V2}/cpu.max": "fast 100000"}, None, 16),
        ({f"{V2}/cpu.max": "100000"}, None, 16),
        ({f"{V2}/cpu.max": "100000 0"}, None, 16),
        ({f"{V2}/cpu.max": "0 100000"}, None, 16),
        ({f"{V2}/cpu.max": "100000 100000 7"}, 1, 1),
        ({f"{V1}/cpu.cfs_quota_us": "100000"}, None, 16),
        ({"/proc/self/cgroup": "nonsense\n\n1:cpu\n0::/../c", f"{V2}/cpu.max": "300000 100000"}, 3, 3),
    ],
)
def test_the_smallest_quota_of_the_groups_around_a_process_limits_its_threads(
    system, sixteen_cores, files, quota, threads
):
    system |= files
    assert machine.processor_quota() == quota
    assert machine.threads() == threads
    assert bool(machine.quota_remark()) == (threads < 16)


def test_a_quota_above_the_cores_of_the_process_changes_nothing(system, monkeypatch):
    monkeypatch.setattr(machine.os, "sched_getaffinity", lambda pid: {3}, raising=False)  # taskset -c 3
    system[f"{V2}/cpu.max"] = "200000 100000"
    assert machine.threads() == 1
    assert machine.quota_remark() == ""


def test_a_remark_names_the_quota_and_the_cores(system, sixteen_cores):
    system[f"{V2}/cpu.max"] = "150000 100000"
    assert machine.quota_remark() == " (a quota leaves 1.5 of 16 cores)"


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


def test_a_limit_of_threads_comes_from_the_user_or_a_container_else_there_is_none(system, sixteen_cores, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert machine.thread_limit() is None
    system["/sys/fs/cgroup/cpu.max"] = "400000 100000"
    assert machine.thread_limit() == 4
    for text, limit in (("3", 3), ("2,4", 2), ("0", 4), ("many", 4), ("", 4)):
        monkeypatch.setenv("OMP_NUM_THREADS", text)
        assert machine.thread_limit() == limit, text
