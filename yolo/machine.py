"""Find out what this machine offers, within the limits of a container: cores, memory, bfloat16, an NVIDIA driver.

A value that the system does not tell is None.
"""

import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")  # https://docs.kernel.org/admin-guide/cgroup-v2.html


def threads() -> int:
    """Return the number of threads of this process that can run at the same time."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, _, period = _text(CGROUP / "cpu.max").partition(" ")
    return max(min(usable, round(int(quota) / int(period))), 1) if quota.isdigit() else usable


def thread_limit() -> int | None:
    """Return the most threads that detection may use: OMP_NUM_THREADS, or the processor share of a container.

    None means no limit: the runtimes then choose best, as they count cores rather than hyperthreads.
    """
    limit = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]
    if limit.isdigit() and int(limit):
        return int(limit)
    return threads() if threads() < (os.cpu_count() or 1) else None


def free_memory() -> int | None:
    """Return the number of bytes that can be allocated without swapping."""
    lines = dict(line.split(":", 1) for line in _text("/proc/meminfo").splitlines())
    if "MemAvailable" not in lines:
        return None
    free = int(lines["MemAvailable"].split()[0]) * 1024
    limit, used = _text(CGROUP / "memory.max"), _text(CGROUP / "memory.current")
    return min(free, int(limit) - int(used)) if limit.isdigit() and used.isdigit() else free


def bfloat16_instructions() -> tuple[str, ...] | None:
    """Return the names of the processor's bfloat16 instructions, fastest first."""
    for line in _text("/proc/cpuinfo").splitlines():
        name, _, flags = line.partition(":")
        if name.strip() in ("flags", "Features"):  # x86, ARM
            return tuple(flag for flag in ("amx_bf16", "avx512_bf16", "bf16") if flag in flags.split())
    return None


def has_nvidia_driver() -> bool:
    """Return whether the driver of an NVIDIA GPU is loaded; the GPUs of Windows under WSL count."""
    return any(Path(path).exists() for path in ("/proc/driver/nvidia/version", "/dev/dxg"))


def _text(path: str | Path) -> str:
    """Return the stripped text of a small system file, or an empty text where there is none."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
