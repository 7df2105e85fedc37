"""Start a network from the weights of another: layers of the same name and shape are taken over."""

from yolo.errors import UserError
from yolo.weights.files import load_network


def start_from(network, path):
    """Copy what fits from the `.keras` file at `path` into `network`; returns a sentence that says what was taken.

    Raises:
        UserError: the file holds no detector, or nothing in it fits.
    """
    source = load_network(path)
    theirs = {weight.path: weight for weight in source.weights}
    fitting = [w for w in network.weights if w.path in theirs and theirs[w.path].shape == w.shape]
    if not fitting:
        raise UserError(f"no layer of {path} fits this network; give weights of a YOLOv4-tiny.")
    for weight in fitting:
        weight.assign(theirs[weight.path])
    anew = sorted({w.path.rsplit("/", 1)[0] for w in network.weights} - {w.path.rsplit("/", 1)[0] for w in fitting})
    rest = f"; made anew: {', '.join(anew)}" if anew else ""
    return f"{len(fitting)} of {len(network.weights)} weights taken from {path}{rest}"
