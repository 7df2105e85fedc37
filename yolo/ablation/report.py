"""From the runs of an ablation to what is said of each block."""

from pathlib import Path

import numpy as np

from yolo.ablation.bootstrap import average_precision, coco_101, resamples, voc_area
from yolo.ablation.interval import score_difference
from yolo.ablation.plot import plot
from yolo.ablation.speed import measure
from yolo.ablation.table import COLUMNS, BlockResult, costs, latex, scores, write_csv
from yolo.atomic_write import atomic_write
from yolo.errors import os_errors_as_user_errors
from yolo.run_folders import BEST
from yolo.tables import markdown
from yolo.training.phases import count_small, describe_start, plan_phases
from yolo.wording import counted, resolution

RESAMPLES = 1000


def report(plan, data, folder, found):
    """Write `ablation.md`, `.csv`, `.tex` and `.png` into the folder; returns the text of the first.

    Args:
        found: what `yolo.ablation.experiment.run_all` returns.
    """
    rows = _rows(plan, data, folder, found)
    verdicts = "".join(f"- {row.attention}: {row.verdict}\n" for row in rows[1:])
    first, second = (f"{markdown(cells, COLUMNS)}\n" for cells in (scores(rows), costs(rows)))
    text = "\n".join([_conditions(plan, data), first, verdicts, second, _meaning(plan)])
    with os_errors_as_user_errors(f"cannot write into {folder}"):
        atomic_write(folder / "ablation.md", text)
        atomic_write(folder / "ablation.tex", latex(rows))
        write_csv(rows, folder / "ablation.csv")
        plot(rows, folder / "ablation.png")
    return text


def _rows(plan, data, folder, found):
    """The `BlockResult` of every block, that of no attention first."""
    pictures = len(data.test)
    weights = np.concatenate([np.ones((1, pictures), int), resamples(pictures, RESAMPLES)])  # first the set as it is
    values = {"ap50": [], "ap": []}  # of each block (seeds, 1 + R)
    for number in range(len(plan.blocks)):
        runs = [found[number, seed] for seed in range(plan.seeds)]
        values["ap50"].append(np.array([average_precision(voc, weights, voc_area) for voc, _ in runs]))
        values["ap"].append(np.array([average_precision(coco, weights, coco_101) for _, coco in runs]))
    models = {Path(run.runs) / run.name / BEST: run.attention for _, seed, run in plan.runs(folder) if seed == 0}
    speeds = measure(models, [known.path for known in data.test.annotations], folder / "speed.json")
    rows = []
    for number, block in enumerate(plan.blocks):
        ap50, ap = (values[name][number][:, 0] for name in ("ap50", "ap"))
        changes = [
            score_difference(values[name][number], values[name][0], pictures) if number else None for name in values
        ]
        verdict = changes[1].verdict(pictures, plan.seeds) if number else ""
        rows.append(BlockResult(block, ap50, ap, *changes, verdict, **speeds[number]))
    return rows


def _conditions(plan, data):
    """Say what was trained on and scored on, in a few lines of Markdown."""
    settings = plan.training
    start = "random weights" if settings.weights == "none" else f"the weights of {Path(settings.weights).name}"
    kept = "last averaged weights" if settings.val_split == "none" else f"best epoch on '{settings.val_split}'"
    trained, scored = (counted(len(part), "picture") for part in (data.train, data.test))
    small = count_small(settings.epochs, settings.small_epochs, settings.input_size)
    phases = plan_phases(settings.epochs, settings.freeze_epochs, small, settings.input_size)
    special = describe_start(phases, settings.input_size)
    return (
        f"# Attention on {Path(settings.data).name}\n\n"
        f"Trained on '{settings.train_split}' ({trained}) for {counted(settings.epochs, 'epoch')} with "
        f"{counted(plan.seeds, 'seed')}, from {start}, at {resolution(settings.input_size)} in batches of "
        f"{settings.batch_size} and {settings.precision}{special}, the {kept} kept.\n"
        f"Scored on '{settings.test_split}' ({scored}), which took no part in training.\n"
    )


def _meaning(plan):
    """Say how to read the tables."""
    covered = (
        "other test pictures (paired bootstrap) and other seeds (Student's t), not other training pictures"
        if plan.seeds > 1
        else "other test pictures (paired bootstrap); of training anew, one seed says nothing"
    )
    caution = " Of two they may hold the truth in only 87 of 100 cases: take three seeds." if plan.seeds == 2 else ""
    blocks = len(plan.blocks) - 1
    return (
        "- AP50 is VOC's, AP is COCO's; ± is the standard deviation over seeds.\n"
        f"- In brackets: 95 % intervals of the mean difference. They cover {covered}.{caution}\n"
        "- Verdicts are by AP. Even where no block changes anything, one is called better or worse in up to "
        f"{5 * blocks} of 100 ablations.\n"
        "- Times are of detection in one picture in memory on this machine, the blocks taking turns.\n"
    )
