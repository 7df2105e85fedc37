"""Print the cost of each part of the network: shapes, parameters and GFLOPs, with any attention or of a model file."""

from argparse import Namespace
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from yolo import tables
from yolo.class_lists import read_names
from yolo.cli import model_line
from yolo.cli.argument_parser import given
from yolo.cli.command import Command
from yolo.cli.phi import add_phi, resolve_phi
from yolo.config import SummaryConfig
from yolo.config.shared_options import SCORE_THRESHOLD
from yolo.errors import UserError
from yolo.settings_base import flag_name
from yolo.wording import counted, resolution

if TYPE_CHECKING:
    from yolo.nets.cost import Cost, LayerCost
    from yolo.nets.model import YoloV4Tiny

COCO_CLASSES = 80
CONTRADICTIONS = (
    ("attention", "phi", "weights"),
    ("levels", "weights"),
    ("classes", "class_count"),
    ("class_count", "weights"),
)
COUNTED = (
    "GFLOPs a picture: 2 x multiply-accumulates of convolutions and matrix products; "
    "parameters: with batch norm statistics"
)
EXAMPLES = (
    ("python -m yolo summary", "the network without attention, for COCO's 80 classes"),
    ("python -m yolo summary --attention cbam --class-count 20 --input-size 320 512", "what CBAM adds, and where"),
    ("python -m yolo summary --weights runs/first/best.keras --layers", "every layer of a trained model"),
)
COMMAND = Command("summary", SummaryConfig, __doc__, EXAMPLES, lambda groups: add_phi(groups["options"]))


def main(argv: Sequence[str] | None = None) -> None:
    config = _config(COMMAND.arguments(argv))
    network = _network_in_a_file(config.weights, config) if config.weights else _new_network(config)

    from yolo.nets.cost import cost

    found = cost(network, config.input_size)
    classes, attention = counted(len(network.class_names), "class"), network.attention or "none"
    levels = f"{network.levels} levels, " if network.levels > 2 else ""
    print(f"YOLOv4-tiny, {levels}{resolution(found.input_size)}, {classes}, attention {attention}\n")
    print(table(found.layers if config.layers else found.parts, found))
    print(f"\n{COUNTED}")
    if config.weights:
        print(described_thresholds(network))


def described_thresholds(network: "YoloV4Tiny") -> str:
    """Return the score thresholds and the temperature of a network in one line."""
    scaled = f"; scores scaled by the temperature {network.temperature:.2f}" if network.temperature != 1 else ""
    if not network.score_thresholds:
        return f"score thresholds: none in the file, so predict shows scores from {SCORE_THRESHOLD:g}{scaled}"
    pairs = zip(network.class_names, network.score_thresholds, strict=True)
    return f"score thresholds: {', '.join(f'{name} {threshold:.2f}' for name, threshold in pairs)}{scaled}"


def _network_in_a_file(weights: str, config: SummaryConfig) -> "YoloV4Tiny":
    """Return the network in a model file."""
    from yolo.weights.resolve_model import Purpose, resolve_model

    model = resolve_model(weights, config.classes, config.cfg, config.anchors_file, Purpose.NETWORK)

    from yolo.weights.load_network import open_network  # TensorFlow takes seconds to import; wrong flags should not

    network = open_network(model, config.allow_imports)
    model_line.print_model(model, network)
    return network


def _new_network(config: SummaryConfig) -> "YoloV4Tiny":
    """Return a new network with the attention, levels and classes of the settings."""
    numbers = tuple(map(str, range(config.class_count or COCO_CLASSES)))
    class_names = read_names(config.classes) if config.classes else numbers

    from yolo import anchors
    from yolo.nets.model import YoloV4Tiny  # TensorFlow takes seconds to import; wrong flags should not

    levels = config.levels
    return YoloV4Tiny(class_names, anchors.DEFAULTS[levels], anchors.masks(levels), attention=config.attention)


def table(entries: "Iterable[LayerCost]", total: "Cost") -> str:
    """Return a table of the layers or parts of a network, with the total as the last line."""
    rows = [("", "", "width x height x channels", "parameters", "GFLOPs")]
    for entry in entries:
        shape = f"{resolution(entry.shape)} x {entry.shape[-1]}"
        rows.append((entry.name, entry.kind, shape, f"{entry.parameters:,}", f"{entry.gflops:.6f}"))
    rows.append(("total", "", "", f"{total.parameters:,}", f"{total.gflops:.6f}"))
    return tables.aligned(rows, "llrrr", widths=(0, 0, 0, 0, 9))


def _config(arguments: Namespace) -> SummaryConfig:
    """Return the settings; raise UserError if two flags contradict each other."""
    for names in CONTRADICTIONS:
        both = [flag_name(name) for name in names if name in arguments]
        if len(both) > 1:
            raise UserError(f"{' and '.join(both)} contradict each other; give one of them.")
    resolve_phi(arguments)
    return SummaryConfig(**given(arguments, SummaryConfig))
