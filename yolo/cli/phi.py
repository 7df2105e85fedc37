"""Choose the attention by number, as in the earlier projects of this family: `--phi 2` for `--attention cbam`."""

import argparse

from yolo.errors import UserError

PHI = ("none", "se", "cbam", "eca", "ca")  # in the order of attention.registry, which imports Keras


def add_phi(target: argparse._ActionsContainer) -> None:
    """Add `--phi` to a parser, or to a group of its arguments."""
    names = ", ".join(f"{number} {name}" for number, name in enumerate(PHI))
    target.add_argument("--phi", type=int, choices=range(len(PHI)), help=f"attention by number: {names}")


def resolve_phi(arguments: argparse.Namespace) -> None:
    """Set the attention in the arguments to the one that `--phi` names, if that is given.

    Raises:
        UserError: `--attention` is given too.
    """
    if "phi" in arguments:
        if "attention" in arguments:
            raise UserError("--phi and --attention both choose the attention; give one of them.")
        arguments.attention = PHI[arguments.phi]
