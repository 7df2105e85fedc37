"""Ask what this machine offers: cores, memory, bfloat16, an NVIDIA driver. Limits set by containers count.

What cannot be told on a system is None.
"""

import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")  # https://docs.kernel.org/admin-guide/cgroup-v2.html


def threads():
    """The number of threads that can run at the same time in this process."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, _, period = _text(CGROUP / "cpu.max").partition(" ")
    return max(min(usable, round(int(quota) / int(period))), 1) if quota.isdigit() else usable


def thread_limit():
    """The most threads that detection may use: OMP_NUM_THREADS, or what a container leaves of the processor.

    None where nothing limits it: runtimes know best then, as they count cores rather than hyperthreads.
    """
    asked = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]
    if asked.isdigit() and int(asked):
        return int(asked)
    return threads() if threads() < (os.cpu_count() or 1) else None


def free_memory():
    """Bytes that can still be taken without swapping, or None."""
    lines = dict(line.split(":", 1) for line in _text("/proc/meminfo").splitlines())
    if "MemAvailable" not in lines:
        return None
    free = int(lines["MemAvailable"].split()[0]) * 1024
    limit, used = _text(CGROUP / "memory.max"), _text(CGROUP / "memory.current")
    return min(free, int(limit) - int(used)) if limit.isdigit() and used.isdigit() else free


def bfloat16_instructions():
    """The names of the processor's bfloat16 instructions, fastest first; None where they cannot be told."""
    for line in _text("/proc/cpuinfo").splitlines():
        name, _, flags = line.partition(":")
        if name.strip() in ("flags", "Features"):  # x86, ARM
            return tuple(flag for flag in ("amx_bf16", "avx512_bf16", "bf16") if flag in flags.split())
    return None


def has_nvidia_driver():
    """Return whether the driver of an NVIDIA GPU is loaded, Windows' own GPUs under WSL included."""
    return any(Path(path).exists() for path in ("/proc/driver/nvidia/version", "/dev/dxg"))


def _text(path):
    """A small file of the system, stripped; empty where there is none."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
