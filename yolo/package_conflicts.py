"""Installed packages that do not go together: two wheels of OpenCV in one folder, and a later Albumentations."""

import re

OPENCV = "4.13.0.92"  # as in requirements.txt
ALBUMENTATIONS = "2.0.8"  # its last release under the MIT licence
MAY_BE_ABSENT = ("opencv-python-headless",)  # pip installs it for Albumentations, uv leaves it out (pyproject.toml)
REINSTALL = "pip install --force-reinstall --no-deps {}"


def version(package):
    """The installed version of a package, or None."""
    from importlib import metadata  # a tenth of the time that `doctor --data` takes to start

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def opencv_conflict(plain=None, headless=None, build=""):
    """Return what is wrong with the two wheels of OpenCV, which share one folder, in a sentence; None when nothing is.

    Args:
        plain, headless: versions of opencv-python and opencv-python-headless, None where one is not installed.
        build: what `cv2.getBuildInformation()` says, if it can be asked.
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


def albumentations_conflict(found=None, successor=None):
    """Return what is wrong with the Albumentations that is installed, in a sentence; None when nothing is.

    Args:
        found, successor: versions of albumentations and albumentationsx, None where one is not installed.
    """
    remedy = "pip uninstall -y albumentationsx albumentations, then pip install -r requirements.txt"
    if successor:
        return (
            f"albumentationsx {successor} is installed, whose licence is AGPL and which needs PyTorch; this project "
            f"works with albumentations {ALBUMENTATIONS}: {remedy}"
        )
    if found and found != ALBUMENTATIONS:
        return f"albumentations {found} is installed, where {ALBUMENTATIONS} is expected: {remedy}"
    return None
