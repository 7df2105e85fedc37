"""Name the machine by what decides how fast it trains: its processor, its cores, its bfloat16 instructions."""

import os
from pathlib import Path

from yolo import machine
from yolo.wording import counted, listed


def machine_name(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Return a text such as `AMD EPYC, 2 cores, avx512_bf16`."""
    lines = (line.partition(":") for line in cpuinfo.read_text(encoding="utf-8").splitlines())
    model = next((value.strip() for name, _, value in lines if name.strip() == "model name"), "unknown processor")
    bfloat16 = listed(machine.bfloat16_instructions() or ("no bfloat16",))
    return f"{model}, {counted(os.cpu_count() or 1, 'core')}, {bfloat16}"
