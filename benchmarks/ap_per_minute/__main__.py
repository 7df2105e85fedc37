"""Compare the AP of detectors after equally many minutes of training on one processor core: ours and Ultralytics'.

    python -m benchmarks.ap_per_minute --weights ../shared/weights/yolov4-tiny-voc/yolov4-tiny-voc.weights

Two trainings run at a time, each on a core of its own with one thread. First, short trainings measure the time of an
epoch, from which the number of epochs of each budget follows. All detections are scored by this project's evaluation.
Each training adds a row to `rows.jsonl`. Trainings with a row from this machine are skipped, so the same command
continues where it was stopped. The table `ap_per_minute.md` and the plot `ap_per_minute.png` are written after each
training.
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

from benchmarks.ap_per_minute.compared_data import ROOT, TRAIN_SPLITS, prepare
from benchmarks.ap_per_minute.competitor import Competitor
from benchmarks.ap_per_minute.machine_name import machine_name
from benchmarks.ap_per_minute.ours import read_ours
from benchmarks.ap_per_minute.plot import plot
from benchmarks.ap_per_minute.results import results
from benchmarks.ap_per_minute.rival import Rival, read_rival
from benchmarks.ap_per_minute.rival_environment import make_environment
from benchmarks.ap_per_minute.scoring import score_found
from benchmarks.ap_per_minute.table import page
from benchmarks.ap_per_minute.trainings import Training, plan
from benchmarks.pinned_processes import Ended, PinnedProcesses, cores
from benchmarks.rows import Row, add, find, read
from yolo.errors import UserError
from yolo.wording import counted

HERE = Path(__file__).resolve().parent
WORK = ROOT / "runs" / "ap_per_minute"  # which git ignores
AT_A_TIME = 2
Started = tuple[Training, Path, int]  # with its folder and its epochs


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.ap_per_minute",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", nargs="+", choices=TRAIN_SPLITS, default=list(TRAIN_SPLITS))
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"), help="the folder with bccd and fruit300")
    parser.add_argument("--budgets", type=float, nargs="+", default=[2, 5, 15], help="minutes of training")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--ours", nargs="*", default=[f"YOLOv4-tiny={ROOT}"], metavar="NAME=PATH", help="checkouts")
    parser.add_argument("--weights", type=Path, metavar="FILE", help="initial weights that ours start from, too")
    parser.add_argument(
        "--rivals",
        nargs="*",
        default=["YOLO11n=yolo11n.yaml", "YOLO26n=yolo26n.yaml"],
        metavar="NAME=ARCHITECTURE",
        help="of ultralytics, with settings that replace its defaults: 'small batches=yolo11n.yaml batch=8 nbs=8'",
    )
    parser.add_argument("--environment", type=Path, default=WORK / "ultralytics", help="made if it is missing")
    parser.add_argument("--work", type=Path, default=WORK, help="the folder for data, trainings and their logs")
    parser.add_argument("--output", type=Path, default=HERE, help="the folder for the rows, the table and the plot")
    parser.add_argument("--minutes-in-all", type=float, default=float("inf"), help="start no training after that many")
    arguments = parser.parse_args(argv)
    try:
        failed = compare(arguments)
    except UserError as error:
        parser.exit(2, f"error: {error}\n")
    sys.exit(1 if failed else 0)


def compare(arguments: argparse.Namespace) -> int:
    """Do all trainings that have no row yet; return how many have failed.

    Raises:
        UserError: an argument cannot be used.
    """
    until = time.monotonic() + 60 * arguments.minutes_in_all
    weights, environment, work = (
        path and path.absolute() for path in (arguments.weights, arguments.environment, arguments.work)
    )
    if weights and not weights.exists():
        raise UserError(f"there is no weights file {weights}.")
    competitors: list[Competitor] = [read_ours(text, weights) for text in arguments.ours]
    competitors += [read_rival(text, environment) for text in arguments.rivals]
    if len({each.name for each in competitors}) < len(competitors):
        raise UserError("two detectors have the same name; give each of --ours and --rivals a name of its own.")
    usable = cores(AT_A_TIME)
    work.mkdir(parents=True, exist_ok=True)
    arguments.output.mkdir(parents=True, exist_ok=True)
    data_sets = [prepare(name, arguments.shared.absolute(), work) for name in arguments.data]
    rows = arguments.output / "rows.jsonl"
    planned = plan(competitors, data_sets, arguments.budgets, arguments.seeds, machine_name())
    waiting = [training for training in planned if not find(rows, training.key)]
    if any(isinstance(training.competitor, Rival) for training in waiting):
        make_environment(environment)
    failed = 0
    with PinnedProcesses[Started](usable) as processes:
        while True:
            while processes.free and time.monotonic() < until and (ready := take(waiting, rows)):
                start(*ready, work, processes)
            if not processes.running:
                break
            failed += not finish(processes.wait(), rows)
            write(rows, arguments.output)
    if waiting:
        print(f"{counted(len(waiting), 'training')} left: the same command continues with them")
    return failed


def take(waiting: list[Training], rows: Path) -> tuple[Training, int] | None:
    """Remove the first training that can begin from the list; return it with its epochs, or None if there is none."""
    for training in list(waiting):
        epochs = training.epochs(rows)
        if epochs is not None:
            waiting.remove(training)
            if epochs:
                return training, epochs
            print(f"{training.title}: not even one epoch fits")
    return None


def start(training: Training, epochs: int, work: Path, processes: PinnedProcesses[Started]) -> None:
    """Start a training in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="training-", dir=work))
    job = folder / "job.json"
    job.write_text(json.dumps(training.job(epochs, folder)), encoding="utf-8")
    command = [str(training.competitor.python), str(HERE / "training_process.py"), str(job)]
    print(f"{training.title}: {counted(epochs, 'epoch')}", flush=True)
    processes.start((training, folder, epochs), command, training.competitor.environment, folder / "log.txt")


def finish(ended: Ended[Started], rows: Path) -> bool:
    """Score a training that has ended, add its row, and remove its files; return whether it has not failed."""
    training, folder, epochs = ended.what
    if ended.status:
        print(f"{training.title}: failed with status {ended.status}, see {folder / 'log.txt'}", flush=True)
        return False
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    row: Row = training.key | {
        "epochs": epochs,
        "seconds": round(result["seconds"], 2),
        "processor": round(result["processor"], 2),
        "command_seconds": round(ended.seconds, 2),
        "command_processor": round(ended.processor, 2),
        "versions": result["versions"],
    }
    if not training.trial:
        row |= {"trained": training.data.train, "scored": len(training.data.test)}
        row |= score_found(result["found"], training.data.test)
    add(rows, row)
    shutil.rmtree(folder)
    score = "" if training.trial else f", AP {row['AP']:.3f}"
    print(f"{training.title}: {row['seconds']:.0f} s of training{score}", flush=True)
    return True


def write(rows: Path, output: Path) -> None:
    """Write the table and the plot of the rows of this machine, if there are any."""
    scored = [row for row in read(rows) if row["machine"] == machine_name() and "AP" in row]
    if scored:
        (output / "ap_per_minute.md").write_text(page(scored), encoding="utf-8")
        plot(results(scored), output / "ap_per_minute.png")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # an exception, so that the trainings are ended as well
    main()
