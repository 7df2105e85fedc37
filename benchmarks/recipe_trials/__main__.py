"""Compare label assignments, losses and settings of training on held-out training pictures, to choose the defaults.

    python -m benchmarks.recipe_trials --seeds 0 1 --minutes-in-all 60

Each arm (see `arms.py`) is trained on each set (see `trial_sets.py`) with each seed. The test lists are not used.
Two trainings run at a time, each on a core of its own with one thread. Each adds a row to `rows.jsonl`. Those with a
row are skipped, so the same command continues where it was stopped. The table `trials.md` is written after each.
"""

import argparse
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.pinned_processes import Ended, PinnedProcesses, cores
from benchmarks.recipe_trials.arms import ARMS
from benchmarks.recipe_trials.table import page
from benchmarks.recipe_trials.trial_sets import SETS
from benchmarks.recipe_trials.trials import Trial, plan
from benchmarks.rows import add, find, read
from yolo.errors import UserError
from yolo.wording import counted

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "runs" / "recipe_trials"  # which git ignores
AT_A_TIME = 2
TRAIN = (sys.executable, "-m", "benchmarks.recipe_trials.training_process")
Started = tuple[Trial, Path]  # with its folder


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.recipe_trials",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS), metavar="ARM", help="; ".join(ARMS))
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--minutes-in-all", type=float, default=float("inf"), help="start no training after that many")
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"), help="the folder with bccd and fruit300")
    parser.add_argument("--work", type=Path, default=WORK, help="the folder for data, trainings and their logs")
    parser.add_argument("--output", type=Path, default=HERE, help="the folder for the rows and the table")
    arguments = parser.parse_args(argv)
    try:
        failed = compare(arguments)
    except UserError as error:
        parser.exit(2, f"error: {error}\n")
    sys.exit(1 if failed else 0)


def compare(arguments: argparse.Namespace) -> int:
    """Do all trials that have no row yet; return how many have failed.

    Raises:
        UserError: there are no data, or not enough cores.
    """
    until = time.monotonic() + 60 * arguments.minutes_in_all
    shared, work = arguments.shared.resolve(), arguments.work.absolute()
    for name in arguments.sets:
        if not (shared / SETS[name].folder).is_dir():
            raise UserError(f"there is no folder {shared / SETS[name].folder}: give --shared the folder that holds it.")
    rows = arguments.output / "rows.jsonl"
    waiting = [trial for trial in plan(arguments.arms, arguments.sets, arguments.seeds) if not find(rows, trial.key)]
    usable = cores(AT_A_TIME)
    for folder in (work, arguments.output):
        folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    with PinnedProcesses[Started](usable) as processes:
        while True:
            while waiting and processes.free and time.monotonic() < until:
                start(waiting.pop(0), shared, work, processes)
            if not processes.running:
                break
            failed += not finish(processes.wait(), rows)
            (arguments.output / "trials.md").write_text(page(read(rows)), encoding="utf-8")
    if waiting:
        print(f"{counted(len(waiting), 'trial')} left: the same command continues with them")
    return failed


def start(trial: Trial, shared: Path, work: Path, processes: PinnedProcesses[Started]) -> None:
    """Start a training in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="trial-", dir=work))
    data = SETS[trial.set].write(shared, trial.seed, folder / "data")
    job = trial.key | {"data": str(data), "folder": str(folder), "output": str(folder / "result.json")}
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    print(f"{trial.title}: {counted(trial.epochs, 'epoch')}", flush=True)
    command = [*TRAIN, str(folder / "job.json")]
    processes.start((trial, folder), command, {"PYTHONPATH": str(ROOT)}, folder / "log.txt")


def finish(ended: Ended[Started], rows: Path) -> bool:
    """Add the row of a training that has ended, and remove its files; return whether it has not failed."""
    trial, folder = ended.what
    if ended.status:
        print(f"{trial.title}: failed with status {ended.status}, see {folder / 'log.txt'}", flush=True)
        return False
    row = trial.key | json.loads((folder / "result.json").read_text(encoding="utf-8"))
    add(rows, row)
    shutil.rmtree(folder)
    print(f"{trial.title}: AP50 {row['AP50']:.3f}, AP {row['AP']:.3f}, {row['seconds']:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # an exception, so that the trainings are ended as well
    main()
