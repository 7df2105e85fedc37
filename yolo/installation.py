"""Tell a checkout from an installed wheel, and list the packages that the program needs."""

from pathlib import Path

DISTRIBUTION = "yolov4-tiny-attention"  # its name for pip, see pyproject.toml


def checkout() -> Path | None:
    """Return the top folder of the running checkout, or None for an installed wheel, which contains `model_data`."""
    package = Path(__file__).resolve().parent
    return None if (package / "model_data").is_dir() else package.parent


def requirements() -> list[str]:
    """Return the required packages in pip's notation: `numpy>=2.0,<3`; packages of extras have a marker.

    Raises:
        OSError: requirements.txt of the checkout cannot be read.
        PackageNotFoundError: the metadata that pip has written beside the wheel are missing.
    """
    top = checkout()
    if top is None:
        from importlib import metadata  # takes a while, and only doctor needs it

        return metadata.requires(DISTRIBUTION) or []
    lines = (top / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in (line.partition("#")[0].strip() for line in lines) if line]


def install_command() -> str:
    """Return the way to install missing packages; of an installed wheel the file is not known."""
    return "pip install -r requirements.txt" if checkout() else f"install the wheel of {DISTRIBUTION} again"
