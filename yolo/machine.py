"""Find out what this machine offers, within the limits of a container: cores, memory, bfloat16, an NVIDIA driver.

A value that the system does not tell is None.
"""

import math
import operator
import os
from itertools import accumulate
from pathlib import Path

from yolo.wording import counted

CGROUP = Path("/sys/fs/cgroup")  # https://docs.kernel.org/admin-guide/cgroup-v2.html
CGROUP_1 = CGROUP / "cpu"  # https://docs.kernel.org/scheduler/sched-bwc.html


def usable_cores() -> int:
    """Return the number of processor cores that this process may run on, without regard to a quota."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor_quota() -> float | None:
    """Return how many cores' time a container gives to this process, such as 1.5, or None if there is no limit.

    It is the smallest quota of the process's control group and the groups around it, in version 1 or 2 of Linux.
    """
    paths = {"": "", "cpu": ""}  # by controller; in version 2 one path without a name is for all
    for line in _text("/proc/self/cgroup").splitlines():
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        paths |= dict.fromkeys(paths.keys() & controllers.split(","), path)
    quotas = [_quota(*_text(group / "cpu.max").split()[:2]) for group in _nested(CGROUP, paths[""])]
    for group in _nested(CGROUP_1, paths["cpu"]):
        quotas.append(_quota(_text(group / "cpu.cfs_quota_us"), _text(group / "cpu.cfs_period_us")))
    return min(filter(None, quotas), default=None)


def _nested(mount: Path, path: str) -> "accumulate[Path]":
    """Return the groups from the mount to the one with this path: `/a/b` -> `mount`, `mount/a`, `mount/a/b`."""
    return accumulate(path.strip("/").split("/"), operator.truediv, initial=mount)


def _quota(quota: str = "", period: str = "") -> float | None:
    """Return microseconds of processor time for each period as cores, or None where there is no limit."""
    return int(quota) / int(period) if quota.isdecimal() and period.isdecimal() and int(period) else None


def threads() -> int:
    """Return the number of threads of this process that can run at the same time; a quota is rounded up."""
    return math.ceil(min(usable_cores(), processor_quota() or math.inf))


def thread_limit() -> int | None:
    """Return the most threads that a network may use: OMP_NUM_THREADS, or the processor share of a container.

    None means no limit: the runtimes then choose best, as they count cores rather than hyperthreads.
    """
    limit = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0]
    if limit.isdigit() and int(limit):
        return int(limit)
    return threads() if threads() < (os.cpu_count() or 1) else None


def quota_remark() -> str:
    """Return ` (a quota leaves 1.5 of 16 cores)`, or nothing if no quota leaves less than all cores."""
    quota, cores = processor_quota() or math.inf, usable_cores()
    return f" (a quota leaves {quota:.3g} of {counted(cores, 'core')})" if quota < cores else ""


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
