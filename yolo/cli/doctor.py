"""Check this machine and the installation or, with --data, a data folder alone; every warning says what to do.

Exit code 1 when something is broken, 0 otherwise.
"""

import os
import platform
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from yolo import machine
from yolo.cli.command import Command
from yolo.cli.doctor_data import data
from yolo.cli.findings import Finding
from yolo.config import DoctorConfig
from yolo.errors import UserError
from yolo.package_conflicts import MAY_BE_ABSENT, albumentations_conflict, opencv_conflict, version
from yolo.wording import counted

PYTHON = ((3, 10), (3, 13))  # first and last for which TensorFlow's wheels are published
REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements.txt"
INSTALL = "pip install -r requirements.txt"
GIGABYTE = 1e9

EXAMPLES = (
    ("python -m yolo doctor", "is everything installed, and what can this machine do?"),
    (
        "python -m yolo doctor --data my-pictures",
        "read every annotation and picture of a data folder, and nothing else",
    ),
)
COMMAND = Command("doctor", DoctorConfig, __doc__, EXAMPLES)


def main(argv: Sequence[str] | None = None) -> int:
    config = COMMAND.parse(argv)
    if config.data:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no matrices are multiplied, and idle threads of it spin
    machine_checks = [python, packages, opencv, albumentations, tensorflow, processor, memory, disk]
    data_check = partial(data, config.data, config.corners, config.negatives)
    states = []
    for check in [data_check] if config.data else machine_checks:
        for finding in check():
            states.append(finding.state)
            print(finding, flush=True)
    warnings, broken = states.count("warning"), states.count("broken")
    print(f"\n{counted(len(states), 'check')}, warnings: {warnings}, broken: {broken}")
    return 1 if broken else 0


def python():
    first, last = PYTHON
    version = f"{platform.python_version()} in {sys.prefix}"
    if first <= sys.version_info[:2] <= last:
        yield Finding("ok", "python", version)
    else:
        span = " to ".join(".".join(map(str, edge)) for edge in PYTHON)
        yield Finding("broken", "python", f"{version}; TensorFlow is published for {span}: install one of these")


def packages(path=REQUIREMENTS):
    """Compare what is installed with requirements.txt."""
    try:
        from packaging.requirements import Requirement

        lines = path.read_text(encoding="utf-8").splitlines()
    except (ImportError, OSError) as error:
        yield Finding("broken", "packages", f"cannot be checked ({error}): {INSTALL}")
        return
    fine = []
    for requirement in map(Requirement, filter(None, (line.partition("#")[0].strip() for line in lines))):
        found = version(requirement.name)
        if found is None:
            if requirement.name not in MAY_BE_ABSENT:
                yield Finding("broken", "packages", f"{requirement.name} is not installed: {INSTALL}")
        elif requirement.specifier.contains(found, prereleases=True):
            fine.append(f"{requirement.name} {found}")
        else:
            text = f"{requirement.name} {found} is installed, {requirement.specifier} is expected: {INSTALL}"
            yield Finding("warning", "packages", text)
    if fine:
        yield Finding("ok", "packages", ", ".join(fine))


def opencv():
    """Check that OpenCV loads, that its two wheels agree, and that windows can be shown."""
    wheels = {name: version(name) for name in ("opencv-python", "opencv-python-headless")}
    if not any(wheels.values()):
        yield Finding("broken", "opencv", f"is not installed: {INSTALL}")
        return
    try:
        from yolo.opencv import cv2
    except UserError as error:
        yield Finding("broken", "opencv", str(error))
        return
    conflict = opencv_conflict(*wheels.values(), cv2.getBuildInformation())
    yield Finding("broken" if conflict else "ok", "opencv", conflict or cv2.__version__)
    from yolo.inference.window import check_display

    try:
        check_display()
    except UserError as error:
        yield Finding("ok", "windows", f"none, so no predict.py --show: {error}")
    else:
        yield Finding("ok", "windows", "can be shown")


def albumentations():
    """Tell whether the Albumentations that is installed is the one that works here; it is not imported."""
    conflict = albumentations_conflict(version("albumentations"), version("albumentationsx"))
    if conflict:
        yield Finding("broken", "augment", conflict)


def tensorflow():
    """Try TensorFlow with Keras, and tell which GPUs they see and the arithmetic that training would take."""
    try:
        import keras
        import tensorflow as tf

        keras.ops.sum(keras.ops.ones((2, 3)))
    except Exception as error:  # a broken installation fails in many ways; each is the answer
        reason = (str(error).splitlines() or [""])[0]
        yield Finding("broken", "tensorflow", f"does not work ({type(error).__name__}: {reason}): {INSTALL}")
        return
    gpus = tf.config.list_physical_devices("GPU")
    names = [tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in gpus]
    if names:
        yield Finding("ok", "gpu", ", ".join(names))
    elif machine.has_nvidia_driver():
        text = 'there is an NVIDIA driver, but TensorFlow sees no GPU: pip install "tensorflow[and-cuda]"'
        yield Finding("warning", "gpu", text)
    else:
        yield Finding("ok", "gpu", "none, training runs on the processor")
    from yolo.training.precision import choose

    yield Finding("ok", "precision", f"--precision auto takes {choose('auto')}")


def processor():
    instructions = machine.bfloat16_instructions()
    if instructions is None:
        known = "bfloat16 instructions cannot be told on this system"
    else:
        known = f"bfloat16 instructions: {', '.join(instructions) or 'none'}"
    yield Finding("ok", "processor", f"{platform.machine()}, {machine.threads()} threads, {known}")


def memory():
    free = machine.free_memory()
    if free is None:
        yield Finding("ok", "memory", "free memory cannot be told on this system")
    elif free < 3 * GIGABYTE:
        yield Finding(
            "warning",
            "memory",
            f"{free / GIGABYTE:.1f} GB free; if training runs out, take a smaller --batch-size and --cache no",
        )
    else:
        yield Finding("ok", "memory", f"{free / GIGABYTE:.1f} GB free")


def disk():
    free = shutil.disk_usage(os.curdir).free
    text = f"{free / GIGABYTE:.1f} GB free in this folder"
    if free < GIGABYTE:
        yield Finding("warning", "disk", f"{text}; a run takes 0.1 to 0.2 GB: write it elsewhere with --runs DIR")
    else:
        yield Finding("ok", "disk", text)
