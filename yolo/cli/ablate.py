"""Find out whether attention helps on your pictures: train with and without it, and score on other pictures.

Every block is trained with every seed, on the same pictures in the same order and from the same initial weights. The
command may be stopped at any moment; called again, it goes on from there.
"""

from collections.abc import Sequence
from functools import partial

from yolo.cli import set_up
from yolo.cli.command import Command
from yolo.config import AblateConfig
from yolo.wording import counted

EXAMPLES = (
    ("python -m yolo ablate --data my-pictures", "five choices of attention with three seeds each: fifteen trainings"),
    ("python -m yolo ablate --data my-pictures --attention se,cbam --minutes 5", "nine trainings of five minutes"),
    (
        'python -m yolo ablate --data my-pictures --attention "cbam; cbam@p5; se@p4, eca@p5"',
        "where a block works best",
    ),
)
COMMAND = Command("ablate", AblateConfig, __doc__, EXAMPLES)


def main(argv: Sequence[str] | None = None) -> None:
    config = COMMAND.parse(argv)

    from yolo.ablation.new_process import in_new_process
    from yolo.ablation.preparation import prepare_ablation  # TensorFlow takes seconds to import; wrong flags should not

    run_apart = partial(in_new_process, before=set_up)
    plan, data, folder = prepare_ablation(config, run_apart)

    from yolo.ablation.experiment import run_all
    from yolo.ablation.report import report

    trainings, epochs = counted(plan.seeds, "training"), counted(plan.epochs, "epoch")
    print(f"{len(plan.blocks)} x {trainings} of {epochs}, in {folder}")
    try:
        found = run_all(plan, data, folder, run_apart)
    except (KeyboardInterrupt, SystemExit):
        print("\nthe same command goes on from here")
        raise
    print(f"\n{report(plan, data, folder, found)}")
    print(f"written to {folder}: ablation.md, ablation.csv, ablation.tex, ablation.png")
