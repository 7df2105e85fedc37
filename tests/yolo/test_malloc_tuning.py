"""Freed memory is kept, which is counted by the pages that the system has to give anew."""

import subprocess
import sys
from ctypes import CDLL

import numpy as np
import pytest

from yolo import picture_files

PROGRAM = """
import resource, sys, threading
from yolo import picture_files
from yolo.malloc_tuning import keep_freed_memory

def read(times):
    for _ in range(times):
        picture_files.read(sys.argv[1])

def faults(times):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    read(times)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def count():
    read(3)
    print(faults(10))

if sys.argv[2] == "kept":
    keep_freed_memory()
if sys.argv[3] == "thread":
    thread = threading.Thread(target=count)
    thread.start()
    thread.join()
else:
    count()
"""


@pytest.mark.skipif(sys.platform != "linux" or not hasattr(CDLL(None), "mallopt"), reason="only glibc can be told")
@pytest.mark.parametrize("where", ["main", "thread"])
def test_a_large_picture_is_read_in_the_memory_of_the_one_before(repository, tmp_path, where):
    picture_files.write(tmp_path / "large.jpg", np.random.default_rng(0).integers(0, 256, (3500, 3600, 3), np.uint8))

    def faults(how):
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / "large.jpg"), how, where]
        return int(subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout)

    assert faults("kept") < 0.1 * faults("as glibc does")
