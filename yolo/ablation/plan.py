"""Settle what an ablation compares, and keep it from before the first training, so that it can be taken up again."""

import dataclasses
import json
import re
from dataclasses import dataclass

from yolo.attention_places import split
from yolo.config import TrainConfig
from yolo.errors import UserError
from yolo.json_files import read_json
from yolo.training.run_lock import LOCK

BASELINE = "none"
READABLE = 40  # characters of a block in the name of a folder, which some systems keep short


@dataclass(frozen=True)
class AblationPlan:
    """The runs of an ablation: every block with every seed.

    Attributes:
        blocks: attention specifications, the first one "none", which the others are compared with.
        seeds: how many; they are 0, 1, 2, ...
        minutes: what one training should take, where that is what the number of epochs comes from, or None.
        training: settings of every run, but for attention, seed, weights and folder, which differ.
        digest: a text that changes with the training, validation or test pictures and their objects.
        augmentation: one that changes with the text of the file that --augment names.
    """

    blocks: tuple[str, ...]
    seeds: int
    minutes: float | None
    training: TrainConfig
    digest: str
    augmentation: str

    def runs(self, folder):
        """Each run as (number of the block, seed, its `TrainConfig`), seed by seed; `folder` holds them."""
        for seed in range(self.seeds):
            for number, block in enumerate(self.blocks):
                yield number, seed, self._run(number, block, seed, folder)

    def _run(self, number, block, seed, folder):
        readable = re.sub(r"\W+", "-", block).strip("-")[:READABLE]
        return dataclasses.replace(
            self.training,
            attention=block,
            seed=seed,
            weights=str(initial_weights_path(folder, seed).resolve()),
            strict=False,  # the attention is not in that file
            identity_start="no",  # blocks as they are written
            test_split="none",  # scored here, where the matches are kept as well
            runs=str(folder),
            name=f"{number}-{readable}-seed-{seed}",
        )

    def to_json(self):
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"


def split_blocks(text):
    """`"se,cbam"` or `"se; cbam@p4, eca@p5"` -> the blocks, "none" before them; semicolons win over commas."""
    by_semicolon = split(text, ";")
    parts = by_semicolon if len(by_semicolon) > 1 else split(text, ",")
    blocks = tuple(dict.fromkeys([BASELINE, *filter(None, parts)]))
    if len(blocks) < 2:
        raise UserError(f"--attention '{text}' names no block to compare with none; give some, such as se,cbam,eca.")
    return blocks


def initial_weights_path(folder, seed):
    """The network without attention that every run of a seed starts from."""
    return folder / f"initial-{seed}.keras"


def read(folder, wanted):
    """The `AblationPlan` wanted, as far as the one kept in a folder allows, or None where none is; raises UserError.

    More seeds than there were, or blocks after those that there were, go on with what is there.

    Args:
        wanted: the plan asked for now. With `minutes`, the epochs that were chosen then are kept.
    """
    path = folder / "plan.json"
    if not path.is_file():
        if folder.exists() and any(each.name != LOCK for each in folder.iterdir()):
            raise UserError(f"{folder} holds something else than an ablation; give another --output.")
        return None
    kept = read_json(path, "the plan of the ablation")
    try:
        if wanted.minutes:
            training = dataclasses.replace(wanted.training, epochs=kept["training"]["epochs"])
            wanted = dataclasses.replace(wanted, training=training)
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


def _flat(plan):
    """The settings of a plan by the names that a user knows them by."""
    return {
        "blocks (--attention)": plan["blocks"],
        "--minutes": plan["minutes"],
        "pictures or annotations": plan["digest"],
        "text in the file of --augment": plan.get("augmentation"),
        **{f"--{name.replace('_', '-')}": value for name, value in plan["training"].items()},
    }
