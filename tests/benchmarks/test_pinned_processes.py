import os
import sys
import time

import pytest

from benchmarks.pinned_processes import PinnedProcesses, cores
from yolo.errors import UserError

if not hasattr(os, "sched_setaffinity"):
    pytest.skip("the system cannot bind a process to a core", allow_module_level=True)

BUSY = "import time; start = time.process_time()\nwhile time.process_time() < start + 0.3: pass"
SAY = "import os; print(os.sched_getaffinity(0), os.environ['OMP_NUM_THREADS'], os.environ['MINE'])"


@pytest.fixture(autouse=True)
def where_it_was():
    """Sets the cores of this process back, which the class changes."""
    before = os.sched_getaffinity(0)
    yield
    os.sched_setaffinity(0, before)


def test_a_process_has_one_core_and_one_thread(tmp_path):
    core = max(os.sched_getaffinity(0))
    with PinnedProcesses([core]) as processes:
        processes.start("it", [sys.executable, "-c", SAY], {"MINE": "x"}, tmp_path / "log")
        assert not processes.free
        ended = processes.wait()
    assert (ended.what, ended.status) == ("it", 0)
    assert (tmp_path / "log").read_text() == f"{{{core}}} 1 x\n"
    assert processes.free == [core]
    assert os.sched_getaffinity(0) == {core}


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="it takes two cores")
def test_processor_seconds_are_those_of_one_process_with_its_children(tmp_path):
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}]); sys.exit(3)"
    with PinnedProcesses(cores(2)) as processes:
        processes.start("busy", [sys.executable, "-c", child], {}, tmp_path / "busy")
        processes.start("idle", [sys.executable, "-c", "import time; time.sleep(0.5)"], {}, tmp_path / "idle")
        ended = {each.what: each for each in (processes.wait(), processes.wait())}
    assert ended["busy"].status == 3
    assert ended["busy"].processor >= ended["idle"].processor + 0.3
    assert ended["idle"].seconds >= 0.5


def test_what_still_runs_at_the_end_of_the_block_is_ended(tmp_path):
    began = time.monotonic()
    with PinnedProcesses(cores(1)) as processes:
        processes.start("long", [sys.executable, "-c", "import time; time.sleep(600)"], {}, tmp_path / "log")
        ((process, *_),) = processes.running.values()
    assert process.returncode < 0
    assert time.monotonic() - began < 300


def test_more_cores_than_there_are_are_refused():
    with pytest.raises(UserError, match=r"runs 10000 processes at a time"):
        cores(10_000)
