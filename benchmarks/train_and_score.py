"""Measure the time of whole runs of train.py, and score them on the test pictures by `python -m yolo evaluate`.

    python benchmarks/train_and_score.py SETTING [SETTING ...] --data ../shared/data/bccd --seeds 0 1 2

Each run is a new process, from random weights. Rows are added to a Markdown table beside this file, so a long series
can be measured in several sessions. `python benchmarks/train_and_score.py --list` names the settings.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from yolo.tables import aligned, markdown, markdown_row

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
# without validation, as no epoch may be chosen on the test pictures; for the defaults see recipe.md
ALL_PICTURES = ["--train-split", "trainval", "--val-split", "none"]
SETTINGS: dict[str, list[str]] = {
    # five and fifteen minutes on a machine that trains on 12 pictures a second
    **{f"epochs-{epochs}": [*ALL_PICTURES, "--epochs", str(epochs)] for epochs in (13, 42)},
    "default": [],
    "demo": [],  # the demo set of train.py, without --data
    **{f"phi-{phi}": [*ALL_PICTURES, "--epochs", "18", "--phi", str(phi)] for phi in range(5)},
}
HEADINGS = ("setting", "seed", "flags", "AP50", "AP", "train.py, s", "peak memory, GB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("settings", nargs="*", metavar="SETTING")
    parser.add_argument("--data", default="../shared/data/bccd")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--table", type=Path, default=HERE / "train_and_score.md", help="the file to add rows to")
    parser.add_argument("--list", action="store_true", help="name the settings and exit")
    arguments = parser.parse_args()
    unknown = set(arguments.settings) - set(SETTINGS)
    if arguments.list or unknown or not arguments.settings:
        lines = aligned(((name, " ".join(flags)) for name, flags in SETTINGS.items()), "ll", widths=(16,), gap=1)
        parser.exit(0 if arguments.list else 2, f"settings are:\n{lines}\n")
    for setting in arguments.settings:
        rows = [measure(setting, seed, arguments.data, arguments.table) for seed in arguments.seeds]
        means = (statistics.mean(row[name] for row in rows) for name in ("ap50", "ap", "seconds"))
        print("{}: mean AP50 {:.4f}, AP {:.4f}, {:.0f} s".format(setting, *means))


def measure(setting: str, seed: int, data: str, table: Path) -> dict[str, float]:
    """Train and score once, and add a row to the table.

    Returns:
        `ap50`, `ap`, `seconds` and `memory` in GB.
    """
    flags = SETTINGS[setting]
    with tempfile.TemporaryDirectory() as runs:
        started = time.perf_counter()
        naming = ["--weights", "none", "--seed", str(seed), "--runs", runs, "--name", "x"]
        data_flags = [] if setting == "demo" else ["--data", data]
        training = subprocess.Popen([sys.executable, "train.py", *data_flags, *flags, *naming], cwd=ROOT)
        _, status, usage = os.wait4(training.pid, 0)
        seconds = time.perf_counter() - started
        if status:
            sys.exit(f"train.py ended with status {status}")
        scored = Path(runs) / "scored.json"
        folder = "demo-data" if setting == "demo" else data
        test = ["--data", folder, "--split", "test", "--weights", f"{runs}/x/best.keras", "--json", str(scored)]
        subprocess.run([sys.executable, "-m", "yolo", "evaluate", *test], cwd=ROOT, check=True)
        result = json.loads(scored.read_text())
    row = {"ap50": result["ap50"], "ap": result["coco"]["AP"], "seconds": seconds, "memory": usage.ru_maxrss / 2**20}
    if not table.exists():
        table.write_text(markdown([HEADINGS]) + "\n")
    cells: list[str | int] = [setting, seed, f"`{' '.join(flags)}`", f"{row['ap50']:.4f}", f"{row['ap']:.4f}"]
    with table.open("a") as file:
        file.write(markdown_row([*cells, f"{seconds:.0f}", f"{row['memory']:.2f}"]) + "\n")
    return row


if __name__ == "__main__":
    main()
