"""Check this machine and the installation or, with --data, only your data; every warning says what to do.

The exit code is 1 if something is broken, else 0. With --data it is 0 if the data are clean or there are only notes, 1
if there are warnings, and 2 if the data cannot be trained on.

With --fix, the exit code is still that of the data as they were. The copy leaves out what cannot be used, and has each
object and each picture once; fixes.csv in it tells every change. What only a person can decide stays as it is: missing
objects, two classes on one object, pictures that merely look the same.
"""

import os
import platform
import shutil
import sys
from collections.abc import Iterator, Sequence

from yolo import machine
from yolo.cli.command import Command
from yolo.cli.doctor_data import check_data, print_checks
from yolo.cli.machine_line import MachineLine
from yolo.config import DoctorConfig
from yolo.errors import UserError
from yolo.installation import install_command, requirements
from yolo.package_conflicts import MAY_BE_ABSENT, albumentations_conflict, opencv_conflict, version
from yolo.settings_base import flag_name
from yolo.wording import counted

PYTHON = ((3, 10), (3, 13))  # first and last for which TensorFlow's wheels are published
GIGABYTE = 1e9

EXAMPLES = (
    ("python -m yolo doctor", "is everything installed, and what can this machine do?"),
    (
        "python -m yolo doctor --data my-pictures",
        "read every annotation and picture, and nothing else",
    ),
    ("python -m yolo doctor --data my-pictures --json found.json", "also keep what was found, with every name"),
    ("python -m yolo doctor --data my-pictures --fix my-pictures-fixed", "write a copy without what can be repaired"),
    ("python -m yolo doctor --checks", "what is looked for in a data folder"),
)
COMMAND = Command("doctor", DoctorConfig, __doc__, EXAMPLES)
OF_DATA = ("all", "fix", "json")  # flags that mean nothing without --data


def main(argv: Sequence[str] | None = None) -> int:
    config = COMMAND.parse(argv)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its idle threads would only keep the processor busy
    if config.checks:
        print_checks()
        return 0
    if config.data:
        return check_data(config)
    given = [flag_name(name) for name in OF_DATA if getattr(config, name)]
    if given:
        raise UserError(f"{' and '.join(given)} wants a data folder to check: add --data DATA.")
    return _check_machine()


def _check_machine() -> int:
    """Print a line for each part of the machine and the installation, and return the exit code."""
    checks = (python, packages, opencv, albumentations, tensorflow, processor, memory, disk)
    states = []
    for check in checks:
        for line in check():
            states.append(line.state)
            print(line, flush=True)
    warnings, broken = states.count("warning"), states.count("broken")
    print(f"\n{counted(len(states), 'check')}, warnings: {warnings}, broken: {broken}")
    return 1 if broken else 0


def python() -> Iterator[MachineLine]:
    """Check that TensorFlow is published for this version of Python."""
    first, last = PYTHON
    running = f"{platform.python_version()} in {sys.prefix}"
    if first <= sys.version_info[:2] <= last:
        yield MachineLine("ok", "python", running)
    else:
        span = " to ".join(".".join(map(str, edge)) for edge in PYTHON)
        yield MachineLine("broken", "python", f"{running}; TensorFlow is published for {span}: install one of these")


def packages() -> Iterator[MachineLine]:
    """Compare the installed packages with the required ones."""
    try:
        from packaging.requirements import Requirement

        needed = list(map(Requirement, requirements()))
    except (ImportError, OSError) as error:
        yield MachineLine("broken", "packages", f"cannot be checked ({error}): {install_command()}")
        return
    fine = []
    for requirement in needed:
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        found = version(requirement.name)
        if found is None:
            if requirement.name not in MAY_BE_ABSENT:
                yield MachineLine("broken", "packages", f"{requirement.name} is not installed: {install_command()}")
        elif requirement.specifier.contains(found, prereleases=True):
            fine.append(f"{requirement.name} {found}")
        else:
            text = f"{requirement.name} {found} is installed, {requirement.specifier} is expected: {install_command()}"
            yield MachineLine("warning", "packages", text)
    if fine:
        yield MachineLine("ok", "packages", ", ".join(fine))


def opencv() -> Iterator[MachineLine]:
    """Check that OpenCV loads, that its two wheels agree, and that windows can be shown."""
    plain, headless = version("opencv-python"), version("opencv-python-headless")
    if not (plain or headless):
        yield MachineLine("broken", "opencv", f"is not installed: {install_command()}")
        return
    try:
        from yolo.opencv import cv2
    except UserError as error:
        yield MachineLine("broken", "opencv", str(error))
        return
    conflict = opencv_conflict(plain, headless, cv2.getBuildInformation())
    yield MachineLine("broken" if conflict else "ok", "opencv", conflict or cv2.__version__)
    from yolo.inference.window import check_display

    try:
        check_display()
    except UserError as error:
        yield MachineLine("ok", "windows", f"none, so no predict --show: {error}")
    else:
        yield MachineLine("ok", "windows", "can be shown")


def albumentations() -> Iterator[MachineLine]:
    """Check that the installed Albumentations is the one that works here, without importing it."""
    conflict = albumentations_conflict(version("albumentations"), version("albumentationsx"))
    if conflict:
        yield MachineLine("broken", "augment", conflict)


def tensorflow() -> Iterator[MachineLine]:
    """Try TensorFlow with Keras, and report the GPUs that they see and the arithmetic that training would use."""
    try:
        import keras
        import tensorflow as tf

        keras.ops.sum(keras.ops.ones((2, 3)))
    except Exception as error:  # a broken installation fails in many ways, and each is reported
        reason = (str(error).splitlines() or [""])[0]
        yield MachineLine(
            "broken", "tensorflow", f"does not work ({type(error).__name__}: {reason}): {install_command()}"
        )
        return
    gpus = tf.config.list_physical_devices("GPU")
    names = [tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in gpus]
    if names:
        yield MachineLine("ok", "gpu", ", ".join(names))
    elif machine.has_nvidia_driver():
        text = 'there is an NVIDIA driver, but TensorFlow sees no GPU: pip install "tensorflow[and-cuda]"'
        yield MachineLine("warning", "gpu", text)
    else:
        yield MachineLine("ok", "gpu", "none, training runs on the processor")
    from yolo.training.precision import choose

    yield MachineLine("ok", "precision", f"--precision auto takes {choose('auto')}")


def processor() -> Iterator[MachineLine]:
    """Report the processor, its threads, and its bfloat16 instructions."""
    instructions = machine.bfloat16_instructions()
    if instructions is None:
        bfloat16 = "bfloat16 instructions not known on this system"
    else:
        bfloat16 = f"bfloat16 instructions: {', '.join(instructions) or 'none'}"
    threads = counted(machine.threads(), "thread") + machine.quota_remark()
    yield MachineLine("ok", "processor", f"{platform.machine()}, {threads}, {bfloat16}")


def memory() -> Iterator[MachineLine]:
    """Check that training has enough free memory."""
    free = machine.free_memory()
    if free is None:
        yield MachineLine("ok", "memory", "free memory is not known on this system")
    elif free < 3 * GIGABYTE:
        yield MachineLine(
            "warning",
            "memory",
            f"{free / GIGABYTE:.1f} GB free; if training runs out, take a smaller --batch-size and --cache no",
        )
    else:
        yield MachineLine("ok", "memory", f"{free / GIGABYTE:.1f} GB free")


def disk() -> Iterator[MachineLine]:
    """Check that this folder has enough room for a run."""
    free = shutil.disk_usage(os.curdir).free
    text = f"{free / GIGABYTE:.1f} GB free in this folder"
    if free < GIGABYTE:
        yield MachineLine("warning", "disk", f"{text}; a run takes 0.1 to 0.2 GB: write it elsewhere with --runs DIR")
    else:
        yield MachineLine("ok", "disk", text)
