"""The plan of an ablation: its blocks, seeds and settings, kept in its folder so that it can be resumed."""

import dataclasses
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yolo.attention_places import split
from yolo.config import TrainConfig
from yolo.errors import UserError
from yolo.json_files import read_json
from yolo.training.plan import NEW_SETTINGS
from yolo.training.run_lock import LOCK

BASELINE = "none"
READABLE = 40  # characters of a block in the name of a folder, because some systems limit its length


@dataclass(frozen=True)
class AblationPlan:
    """The runs of an ablation: every block with every seed.

    Attributes:
        blocks: attention specifications; the first one is "none", with which the others are compared.
        seeds: number of seeds: 0, 1, 2, ...
        minutes: the length of one training from which the number of epochs was computed, or None.
        training: settings of every run, except for attention, seed, weights and folder, which differ.
        digest: a text that changes when the training, validation or test pictures or their objects change.
        augmentation: a text that changes when the file of --augment changes.
    """

    blocks: tuple[str, ...]
    seeds: int
    minutes: float | None
    training: TrainConfig
    digest: str
    augmentation: str

    @property
    def epochs(self) -> int:
        """Return the number of epochs of each training."""
        return self.training.epochs or 0

    def runs(self, folder: Path) -> Iterator[tuple[int, int, TrainConfig]]:
        """Yield the runs in `folder`, seed by seed: the number of the block, the seed, and the settings."""
        for seed in range(self.seeds):
            for number, block in enumerate(self.blocks):
                yield number, seed, self._run(number, block, seed, folder)

    def _run(self, number: int, block: str, seed: int, folder: Path) -> TrainConfig:
        readable = re.sub(r"\W+", "-", block).strip("-")[:READABLE]
        return dataclasses.replace(
            self.training,
            attention=block,
            seed=seed,
            weights=str(initial_weights_path(folder, seed).resolve()),
            cfg=None,  # that file says all itself
            anchors_file=None,
            strict=False,  # the attention is not in it
            identity_start="no",  # blocks as the user has written them
            test_split="none",  # the ablation scores it and keeps the matches
            runs=str(folder),
            name=f"{number}-{readable}-seed-{seed}",
        )

    def to_json(self) -> str:
        """Return the plan as the text of a JSON file."""
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"


def split_blocks(text: str) -> tuple[str, ...]:
    """Return the blocks in a text such as `"se,cbam"` or `"se; cbam@p4, eca@p5"`, with "none" as the first one.

    Commas separate blocks only if there is no semicolon.

    Raises:
        UserError: the text names no block other than "none".
    """
    by_semicolon = split(text, ";")
    parts = by_semicolon if len(by_semicolon) > 1 else split(text, ",")
    blocks = tuple(dict.fromkeys([BASELINE, *filter(None, parts)]))
    if len(blocks) < 2:
        raise UserError(f"--attention '{text}' names no block to compare with none; give some, such as se,cbam,eca.")
    return blocks


def initial_weights_path(folder: Path, seed: int) -> Path:
    """Return the file of the network without attention that every run of a seed starts from."""
    return folder / f"initial-{seed}.keras"


def read(folder: Path, wanted: AblationPlan) -> AblationPlan | None:
    """Return the plan with which the ablation in a folder goes on, or None if the folder has no plan.

    The new plan may add seeds, and blocks after the earlier ones. All else must be as in the plan in the folder.

    Args:
        wanted: the new plan. With `minutes` it takes the number of epochs from the plan in the folder.

    Raises:
        UserError: the plans differ, or the folder contains something else.
    """
    path = folder / "plan.json"
    if not path.is_file():
        if folder.exists() and any(each.name != LOCK for each in folder.iterdir()):
            raise UserError(f"{folder} contains something other than an ablation; give another --output.")
        return None
    kept = read_json(path, "the plan of the ablation")
    try:
        if wanted.minutes:
            training = dataclasses.replace(wanted.training, epochs=kept["training"]["epochs"])
            wanted = dataclasses.replace(wanted, training=training)
        kept["training"] = NEW_SETTINGS | kept["training"]
        now = _flat(json.loads(wanted.to_json()))
        count = len(kept["blocks"])
        before = _flat(kept) | {"blocks (--attention)": kept["blocks"] + list(wanted.blocks[count:])}
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise UserError(f"{path} cannot be read as a plan ({error}); give another --output.") from error
    changed = [name for name in now if before.get(name) != now[name]]
    if changed:
        raise UserError(
            f"the ablation in {folder} was begun with other {', '.join(changed)}: "
            "repeat its command as it was, or give another --output."
        )
    return wanted


def _flat(plan: dict[str, Any]) -> dict[str, Any]:
    """Return the settings in the JSON of a plan by the names that a user knows."""
    return {
        "blocks (--attention)": plan["blocks"],
        "--minutes": plan["minutes"],
        "pictures or annotations": plan["digest"],
        "text in the file of --augment": plan.get("augmentation"),
        **{f"--{name.replace('_', '-')}": value for name, value in plan["training"].items()},
    }
