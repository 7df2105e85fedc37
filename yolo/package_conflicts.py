"""Find installed packages that conflict: two wheels of OpenCV in one folder, or a later Albumentations."""

import re

from yolo.installation import install_command

OPENCV = "4.13.0.92"  # as in requirements.txt
ALBUMENTATIONS = "2.0.8"  # its last release under the MIT license
MAY_BE_ABSENT = ("opencv-python-headless",)  # pip installs it for Albumentations, uv leaves it out (pyproject.toml)
REINSTALL = "pip install --force-reinstall --no-deps {}"


def version(package: str) -> str | None:
    """Return the version of a package, or None if it is not installed."""
    from importlib import metadata  # importing it takes a tenth of the time that `doctor --data` needs to start

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def opencv_conflict(plain: str | None = None, headless: str | None = None, build: str = "") -> str | None:
    """Return a sentence on what is wrong with the two wheels of OpenCV, which share one folder, or None.

    Args:
        plain, headless: versions of opencv-python and opencv-python-headless; None for one that is not installed.
        build: the text of `cv2.getBuildInformation()`, empty if it is not known.
    """
    remedy = REINSTALL.format(f"opencv-python-headless=={OPENCV} && " + REINSTALL.format(f"opencv-python=={OPENCV}"))
    if plain and headless and plain != headless:
        return (
            f"opencv-python {plain} and opencv-python-headless {headless} share one folder and differ, so parts of it "
            f"are mixed: {remedy}"
        )
    gui = re.search(r"GUI:\s*(\S+)", build)
    if plain and gui and gui[1] == "NONE":
        return (
            f"opencv-python {plain} is installed, but the files in its folder are those of opencv-python-headless, "
            f"which has no windows: {REINSTALL.format(f'opencv-python=={OPENCV}')}"
        )
    return None


def albumentations_conflict(found: str | None = None, successor: str | None = None) -> str | None:
    """Return a sentence on what is wrong with the installed Albumentations, or None.

    Args:
        found, successor: versions of albumentations and albumentationsx; None for one that is not installed.
    """
    remedy = f"pip uninstall -y albumentationsx albumentations, then {install_command()}"
    if successor:
        return (
            f"albumentationsx {successor} is installed, whose licence is AGPL and which needs PyTorch; this project "
            f"works with albumentations {ALBUMENTATIONS}: {remedy}"
        )
    if found and found != ALBUMENTATIONS:
        return f"albumentations {found} is installed, where {ALBUMENTATIONS} is expected: {remedy}"
    return None
