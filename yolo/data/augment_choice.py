"""Read the augmentation that `--augment` names: a file of this project, a file of the user, or a function."""

import dataclasses
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from yolo.atomic_write import atomic_write
from yolo.bundled_data import bundled
from yolo.errors import UserError, did_you_mean
from yolo.settings_base import flag_name
from yolo.text_files import read_text

if TYPE_CHECKING:  # Albumentations takes a second to import
    from yolo.data.augmentation import Augmentation

SUFFIXES = (".yaml", ".yml", ".json")
DEFAULT = "default"  # the choice without --augment
KEPT = "augment"  # the name of the copy in a run's folder: augment.yaml or augment.json

log = logging.getLogger("yolo")


@dataclass(frozen=True)
class AugmentationChoice:
    """An augmentation and its origin.

    Attributes:
        name: the choice, for messages.
        text: the text of the file; None when the augmentation comes from a function.
        augmentation: the pipeline.
        suffix: the suffix of the file.
    """

    name: str
    text: str | None
    augmentation: "Augmentation"
    suffix: str = ".yaml"

    def keep(self, folder: Path) -> None:
        """Copy the text into a run's folder, so that the run can be resumed when the file is changed or deleted."""
        if self.text is not None:
            atomic_write(folder / f"{KEPT}{self.suffix}", self.text)


def shipped() -> list[str]:
    """Return the names of the augmentation files of this project."""
    return sorted(path.stem for path in bundled("augment").glob("*.yaml"))


def imports(choice: str) -> bool:
    """Return whether --augment names a module of the user, which is imported only with permission."""
    return ":" in choice and not choice.endswith(SUFFIXES)


def choose(choice: str, allow_imports: bool = False) -> AugmentationChoice:
    """Return the augmentation that the user named with --augment.

    Args:
        choice: the name of a file of this project, a path that ends in .yaml, .yml or .json, or module:function.
        allow_imports: whether the module may be imported, which runs its code.

    Raises:
        UserError: there is no such file or function, or its transforms cannot be used.
    """
    if choice in shipped():
        return _from_file(bundled(f"augment/{choice}.yaml"), choice)
    if choice.endswith(SUFFIXES):
        return _from_file(Path(choice), choice)
    if imports(choice):
        from yolo.data.augment_function import called

        return AugmentationChoice(choice, None, called(choice, allow_imports))
    hint = did_you_mean(choice, shipped()) or f"; choose from {', '.join(shipped())}, or give FILE.yaml, FILE.json."
    raise UserError(f"there is no augmentation '{choice}'{hint}")


def kept(folder: Path, choice: str, allow_imports: bool = False) -> AugmentationChoice:
    """Return the augmentation of the run in `folder`; for a run older than --augment, the default of that time.

    Raises:
        UserError: its transforms cannot be read or used.
    """
    path = kept_in(folder, choice)
    if isinstance(path, Path):
        return _from_file(path, str(path))
    if choice == DEFAULT:
        from yolo.data.augmentation import Augmentation

        return AugmentationChoice(choice, None, Augmentation())
    if not imports(choice):
        log.warning("%s has lost its copy of the augmentation: %s is read anew", folder, choice)
    return choose(choice, allow_imports)


def kept_in(folder: Path, choice: str) -> Path | str:
    """Return the file with the transforms of the run in `folder`; without one, the choice of --augment."""
    paths = (folder / f"{KEPT}{suffix}" for suffix in SUFFIXES)
    return next((path for path in paths if path.exists()), choice)


def with_flips(choice: AugmentationChoice, **flips: float | None) -> tuple[AugmentationChoice, list[str]]:
    """Return the choice with the flip probabilities of flags, and a sentence on each value that they override.

    Args:
        flips: horizontal_flip, vertical_flip; None keeps the probability in the file.

    Raises:
        UserError: a transform of the choice mirrors in a way that no flag can change.
    """
    from yolo.data.flip_probabilities import mirroring, other_mirror

    chances = {name: value for name, value in flips.items() if value is not None}
    if not chances:
        return choice, []
    if other := other_mirror(choice.augmentation):
        given = " and ".join(map(flag_name, chances))
        raise UserError(
            f"{given} cannot act on {other} of {choice.name}, which mirrors pictures by itself: leave out {given}, or "
            f"take {other} out of {choice.name}."
        )
    augmentation, replaced = mirroring(choice.augmentation, chances)
    said = [
        f"{flag_name(name)} {chances[name]:g} overrides {' and '.join(f'{share:g}' for share in old)} in {choice.name}"
        for name, old in replaced.items()
    ]
    return dataclasses.replace(choice, augmentation=augmentation), said


def _from_file(path: Path, name: str) -> AugmentationChoice:
    """Read a file; raises UserError where its transforms cannot be read or used."""
    if path.exists() and not path.is_file():
        raise UserError(f"the augmentation {path} is a folder, a pipe or a device: give a file.")
    text = read_text(path, "the augmentation")
    from yolo.data.augment_file import read

    return AugmentationChoice(name, text, read(text, str(path)), path.suffix)
