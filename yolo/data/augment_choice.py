"""Read what `--augment` chooses: a file that is shipped, one of the user's, or a function of the user's own."""

import dataclasses
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from yolo.atomic_write import atomic_write
from yolo.errors import UserError, did_you_mean
from yolo.settings import flag_name
from yolo.text_files import read_text

if TYPE_CHECKING:  # Albumentations takes a second to import
    from yolo.data.augmentation import Augmentation

SHIPPED = Path(__file__).resolve().parents[2] / "model_data/augment"
SUFFIXES = (".yaml", ".yml", ".json")
DEFAULT = "default"  # where nothing is chosen
KEPT = "augment"  # the file in a run's folder: augment.yaml or augment.json

log = logging.getLogger("yolo")


@dataclass(frozen=True)
class AugmentationChoice:
    """A pipeline and where it comes from.

    Attributes:
        name: what was chosen, for messages.
        text: of the file it was read from; None when a function made it.
        augmentation: the `Augmentation`.
        suffix: of the file.
    """

    name: str
    text: str | None
    augmentation: "Augmentation"
    suffix: str = ".yaml"

    def keep(self, folder):
        """Write the text beside the run's other settings, so that it can be resumed whatever becomes of the file."""
        if self.text is not None:
            atomic_write(folder / f"{KEPT}{self.suffix}", self.text)


def shipped():
    """The names of the files that are shipped."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def imports(choice):
    """Return whether --augment names a module of the user's, which needs leave to be imported."""
    return ":" in choice and not choice.endswith(SUFFIXES)


def choose(choice, allow_imports=False):
    """Return the `AugmentationChoice` that the user gave as --augment.

    Args:
        choice: the name of a shipped file, a path that ends in .yaml, .yml or .json, or module:function.
        allow_imports: whether the module of the last may be imported, which runs its code.

    Raises:
        UserError: there is no such file or function, or what it holds cannot be used.
    """
    if choice in shipped():
        return _from_file(SHIPPED / f"{choice}.yaml", choice)
    if choice.endswith(SUFFIXES):
        return _from_file(Path(choice), choice)
    if imports(choice):
        from yolo.data.augment_function import called

        return AugmentationChoice(choice, None, called(choice, allow_imports))
    hint = did_you_mean(choice, shipped()) or f"; choose from {', '.join(shipped())}, or give FILE.yaml, FILE.json."
    raise UserError(f"there is no augmentation '{choice}'{hint}")


def kept(folder, choice, allow_imports=False):
    """The `AugmentationChoice` of the run in `folder`; of one from before --augment, the default of then."""
    path = kept_in(folder, choice)
    if isinstance(path, Path):
        return _from_file(path, str(path))
    if choice == DEFAULT:
        from yolo.data.augmentation import Augmentation

        return AugmentationChoice(choice, None, Augmentation())
    if not imports(choice):
        log.warning("%s has lost its copy of the augmentation: %s is read anew", folder, choice)
    return choose(choice, allow_imports)


def kept_in(folder, choice):
    """Return where the transforms of the run in `folder` are: the file that it keeps, or else what --augment named."""
    paths = (folder / f"{KEPT}{suffix}" for suffix in SUFFIXES)
    return next((path for path in paths if path.exists()), choice)


def with_flips(choice, **flips):
    """The choice with the chances of mirroring that were given by flags, and what they override in words.

    Args:
        flips: horizontal_flip, vertical_flip; None leaves what the file says.

    Returns:
        The `AugmentationChoice` and a list of sentences.

    Raises:
        UserError: a transform of the choice mirrors in ways that no flag can act on.
    """
    from yolo.data.flips import mirroring, other_mirror

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


def _from_file(path, name):
    if path.exists() and not path.is_file():
        raise UserError(f"the augmentation {path} is a folder, a pipe or a device: give a file.")
    text = read_text(path, "the augmentation")
    from yolo.data.augment_file import read

    return AugmentationChoice(name, text, read(text, str(path)), path.suffix)
