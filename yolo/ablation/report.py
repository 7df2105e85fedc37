"""Write the report of an ablation: tables, verdicts and a plot."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from yolo.ablation.experiment import Found, run_folder
from yolo.ablation.interval import score_difference
from yolo.ablation.plan import AblationPlan
from yolo.ablation.plot import plot
from yolo.ablation.speed import measure
from yolo.ablation.table import COLUMNS, BlockResult, costs, latex, scores, write_csv
from yolo.atomic_write import atomic_write
from yolo.data.data_paths import name_after
from yolo.errors import os_errors_as_user_errors
from yolo.evaluation.bootstrap import RESAMPLES, average_precision, coco_101, interval, resamples, voc_area
from yolo.run_folders import BEST
from yolo.structures import Annotation
from yolo.tables import markdown
from yolo.training.phases import count_small, describe_start, plan_phases
from yolo.training.run_datasets import Datasets
from yolo.wording import counted, resolution


def report(plan: AblationPlan, data: Datasets, folder: Path, found: Found) -> str:
    """Write `ablation.md`, `.csv`, `.tex` and `.png` into the folder, and return the text of the first.

    Raises:
        UserError: a file cannot be written, or a model or picture cannot be read.
    """
    test = data.test.annotations if data.test else ()
    rows = _rows(plan, test, folder, found)
    verdicts = "".join(f"- {row.attention}: {row.verdict}\n" for row in rows[1:])
    first, second = (f"{markdown(cells, COLUMNS)}\n" for cells in (scores(rows), costs(rows)))
    text = "\n".join([_conditions(plan, len(data.train), len(test)), first, verdicts, second, _meaning(plan)])
    with os_errors_as_user_errors(f"cannot write into {folder}"):
        atomic_write(folder / "ablation.md", text)
        atomic_write(folder / "ablation.tex", latex(rows))
        write_csv(rows, folder / "ablation.csv")
        plot(rows, folder / "ablation.png")
    return text


def _rows(plan: AblationPlan, test: Sequence[Annotation], folder: Path, found: Found) -> list[BlockResult]:
    """Return the result of every block, that of no attention first."""
    pictures = len(test)
    counts = np.concatenate([np.ones((1, pictures), int), resamples(pictures, RESAMPLES)])  # first the set as it is
    ap50s, aps = [], []  # of each block: (seeds, 1 + resamples)
    for number in range(len(plan.blocks)):
        runs = [found[number, seed] for seed in range(plan.seeds)]
        ap50s.append(np.array([average_precision(voc, counts, voc_area) for voc, _ in runs]))
        aps.append(np.array([average_precision(coco, counts, coco_101) for _, coco in runs]))
    models = {run_folder(run) / BEST: run.attention for _, seed, run in plan.runs(folder) if seed == 0}
    costs_of_blocks = measure(models, [known.path for known in test], folder / "speed.json")
    rows = []
    for number, block in enumerate(plan.blocks):
        ap50, ap = ap50s[number], aps[number]
        ap50_change, ap_change = (
            score_difference(values, none, pictures) if number else None
            for values, none in ((ap50, ap50s[0]), (ap, aps[0]))
        )
        verdict = ap_change.verdict(pictures, plan.seeds) if ap_change else ""
        cost = costs_of_blocks[number]
        of_ap50, of_ap = (interval(values[:, 1:].mean(axis=0)) for values in (ap50, ap))
        changes = (ap50_change, ap_change)
        rows.append(BlockResult(block, ap50[:, 0], ap[:, 0], of_ap50, of_ap, *changes, verdict, **cost))
    return rows


def _conditions(plan: AblationPlan, train: int, test: int) -> str:
    """Return a few lines of Markdown on the training and the test, given the number of pictures of each."""
    settings = plan.training
    start = "random weights" if settings.weights == "none" else f"the weights of {Path(settings.weights).name}"
    kept = "last averaged weights" if settings.val_split == "none" else f"best epoch on '{settings.val_split}'"
    trained, scored = counted(train, "picture"), counted(test, "picture")
    small = count_small(plan.epochs, settings.small_epochs, settings.input_size)
    phases = plan_phases(plan.epochs, settings.freeze_epochs, small, settings.input_size)
    special = describe_start(phases, settings.input_size)
    return (
        f"# Attention on {name_after(str(settings.data))}\n\n"
        f"Trained on '{settings.train_split}' ({trained}) for {counted(plan.epochs, 'epoch')} with "
        f"{counted(plan.seeds, 'seed')}, from {start}, at {resolution(settings.input_size)} in batches of "
        f"{settings.batch_size} and {settings.precision}{special}, the {kept} kept.\n"
        f"Scored on '{settings.test_split}' ({scored}), which took no part in training.\n"
    )


def _meaning(plan: AblationPlan) -> str:
    """Return an explanation of the tables in Markdown."""
    covered = (
        "other test pictures (paired bootstrap) and other seeds (Student's t), not other training pictures"
        if plan.seeds > 1
        else "other test pictures (paired bootstrap); of training anew, one seed says nothing"
    )
    caution = " Of two they may hold the truth in only 87 of 100 cases: take three seeds." if plan.seeds == 2 else ""
    blocks = len(plan.blocks) - 1
    return (
        "- AP50 is VOC's, AP is COCO's; ± is the standard deviation over seeds.\n"
        "- In brackets behind AP: its 95 % interval over other test pictures (bootstrap), for these trainings.\n"
        f"- In brackets behind a difference: 95 % intervals of its mean. They cover {covered}.{caution}\n"
        "- Verdicts are by AP. Even where no block changes anything, one is called better or worse in up to "
        f"{5 * blocks} of 100 ablations.\n"
        "- Times are of detection in one picture in memory on this machine, the blocks taking turns.\n"
    )
