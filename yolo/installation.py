"""Whether a checkout runs or an installed wheel, and what is needed to run either."""

from pathlib import Path

DISTRIBUTION = "yolov4-tiny-attention"  # what pip calls it, see pyproject.toml


def checkout() -> Path | None:
    """Return the top folder of the checkout that runs; None of an installed wheel, which has `model_data` within."""
    package = Path(__file__).resolve().parent
    return None if (package / "model_data").is_dir() else package.parent


def requirements() -> list[str]:
    """Return the packages that are needed, as pip reads them: `numpy>=2.0,<3`; those of extras have a marker.

    Raises:
        OSError: requirements.txt of the checkout cannot be read.
        PackageNotFoundError: the wheel is there, but not what pip wrote beside it.
    """
    top = checkout()
    if top is None:
        from importlib import metadata  # takes a while, and only doctor asks

        return metadata.requires(DISTRIBUTION) or []
    lines = (top / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in (line.partition("#")[0].strip() for line in lines) if line]


def install_command() -> str:
    """Return the command that brings what is missing."""
    return "pip install -r requirements.txt" if checkout() else f"pip install {DISTRIBUTION}"
