"""Find out whether attention helps on your pictures: train with and without it, score on pictures not trained on.

Every block is trained with every seed, on the same pictures in the same order and from the same first weights. Stopped
at any moment, the same command goes on where it was.
"""

from functools import partial

from yolo.cli import set_up
from yolo.cli.command import Command
from yolo.config import AblateConfig
from yolo.wording import counted

EXAMPLES = (
    ("python -m yolo ablate --data my-pictures", "all five, three seeds: fifteen trainings"),
    ("python -m yolo ablate --data my-pictures --attention se,cbam --minutes 5", "thirty-odd minutes in all"),
    ('python -m yolo ablate --data my-pictures --attention "cbam; cbam@p5; se@p4, eca@p5"', "where a block belongs"),
)
COMMAND = Command("ablate", AblateConfig, __doc__, EXAMPLES)


def main(argv=None):
    config = COMMAND.parse(argv)

    from yolo.ablation.new_process import in_new_process
    from yolo.ablation.preparation import prepare_ablation  # TensorFlow takes seconds to import; wrong flags should not

    each_apart = partial(in_new_process, before=set_up)
    plan, data, folder = prepare_ablation(config, each_apart)

    from yolo.ablation.experiment import run_all
    from yolo.ablation.report import report

    trainings, epochs = counted(plan.seeds, "training"), counted(plan.training.epochs, "epoch")
    print(f"{len(plan.blocks)} x {trainings} of {epochs}, in {folder}")
    try:
        found = run_all(plan, data, folder, each_apart)
    except (KeyboardInterrupt, SystemExit):
        print("\nthe same command goes on from here")
        raise
    print(f"\n{report(plan, data, folder, found)}")
    print(f"written to {folder}: ablation.md, ablation.csv, ablation.tex, ablation.png")
