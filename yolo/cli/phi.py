"""Attention chosen by number, as in the earlier projects of this family: `--phi 2` for `--attention cbam`."""

from yolo.errors import UserError

PHI = ("none", "se", "cbam", "eca", "ca")  # the order of phi in attention.registry, which would import Keras


def add_phi(target):
    """Add the flag to a parser or a group of one."""
    names = ", ".join(f"{number} {name}" for number, name in enumerate(PHI))
    target.add_argument("--phi", type=int, choices=range(len(PHI)), help=f"attention by number: {names}")


def resolve_phi(arguments):
    """Turn a given `--phi` into the attention of that number, in place; raises UserError beside `--attention`."""
    if "phi" in arguments:
        if "attention" in arguments:
            raise UserError("--phi and --attention both choose the attention; give one of them.")
        arguments.attention = PHI[arguments.phi]
