#!/usr/bin/env bash
# h5py 3.16.0: what a function raises that is called for each link, by `visit_links` or `visititems_links`, comes out as
# a SystemError, which no handler of ValueError, OSError or KeyError sees. From `visit` and `visititems` it comes out as
# it was raised. Whoever looks through a file of weights before it is loaded, to refuse links to other files, needs the
# two for links: the refusal then ends the program with words about Cython. 3.14.0, which TensorFlow 2.21 asks for, does
# the same.
#
# Seen on Linux, Python 3.11:
#     visit             ValueError
#     visititems        ValueError
#     visit_links       SystemError
#     visititems_links  SystemError
# Remedy: let the function return what is wrong, or gather the names and look at the links afterwards.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/python -m pip install --quiet h5py==3.16.0

cat >look.py <<'END'
import h5py

with h5py.File("weights.h5", "w") as file:
    file["layers/conv2d/vars/0"] = [1.0, 2.0]


def refuse(name, *_):
    raise ValueError(f"{name} is not wanted")


with h5py.File("weights.h5") as file:
    for method in ("visit", "visititems", "visit_links", "visititems_links"):
        try:
            getattr(file, method)(refuse)
        except (ValueError, SystemError) as error:
            print(f"{method:<17} {type(error).__name__}")
END
env/bin/python look.py | tee seen
diff seen - <<'END'
visit             ValueError
visititems        ValueError
visit_links       SystemError
visititems_links  SystemError
END
