"""Make a virtual environment with the package ultralytics, of a fixed version and with whatever PyTorch it brings."""

import subprocess
import venv
from pathlib import Path

import matplotlib

VERSION = "8.4.190"
ASK = "from importlib.metadata import version; print(version('ultralytics'))"


def make_environment(folder: Path) -> None:
    """Make the environment in a folder, unless it is there already.

    Raises:
        CalledProcessError: pip cannot install it.
    """
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    if installed(python) != VERSION:
        print(f"installing ultralytics {VERSION} into {folder}", flush=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", f"ultralytics=={VERSION}"], check=True)
    settings = folder / "config" / "Ultralytics"
    settings.mkdir(parents=True, exist_ok=True)
    # it would download a font for its plots, even if it plots nothing
    font = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf").read_bytes()
    for name in ("Arial.ttf", "Arial.Unicode.ttf"):
        (settings / name).write_bytes(font)


def installed(python: Path) -> str:
    """Return the version of ultralytics that an interpreter has, or an empty text."""
    return subprocess.run([python, "-c", ASK], capture_output=True, text=True).stdout.strip()
