"""Pictures that cannot be decoded are left out and named."""

import numpy as np

from tests.yolo.data.folders import write_picture
from yolo.data.dataset import Dataset
from yolo.data.readable_pictures import cleaned
from yolo.structures import Annotation


def test_pictures_left_out_are_named_with_the_folder_that_tells_them_apart(tmp_path):
    paths = [tmp_path / part / "a.png" for part in ("one", "two")]
    for path in paths:
        write_picture(path)
    paths[1].write_bytes(b"no picture")
    nothing = np.zeros((0, 4), np.float32), np.zeros(0, np.int32), np.zeros(0, bool)
    left, (unreadable,) = cleaned(Dataset(tuple(Annotation(path, *nothing) for path in paths), (), ()), "training")
    assert unreadable.sentence().startswith("1 of 2 training pictures left out because not readable: two/a.png; ")
    assert [annotation.path for annotation in left.annotations] == paths[:1]
