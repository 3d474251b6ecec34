"""The same text in other processes, with other numbers of threads and on other processors' kernels."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).with_name("topics_printed.py")
# Kernel of OpenBLAS -> the instructions without which a processor cannot run it.
KERNELS = {"Nehalem": "sse4_2", "Haswell": "avx2", "SkylakeX": "avx512f"}


def printed(**settings: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": "random", **settings}
    done = subprocess.run([sys.executable, str(SCRIPT)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


X86 = platform.machine() in ("x86_64", "AMD64")


def can_run(instructions: str) -> bool:
    """Whether the processor says that it has them; where it says nothing, only what every one of the last ten years has."""
    facts = Path("/proc/cpuinfo")
    return instructions in facts.read_text().split() if facts.is_file() else instructions != "avx512f"


@pytest.fixture(scope="module")
def plain() -> str:
    text = printed()
    assert "summary" in text
    return text


def test_another_process_with_another_locale_and_thread_prints_the_same_text(plain):
    assert printed(LC_ALL="C", TZ="Asia/Tokyo", OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1") == plain


@pytest.mark.skipif(not X86, reason="OPENBLAS_CORETYPE chooses among x86-64 kernels only")
def test_every_kernel_and_every_number_of_threads_print_the_same_text(plain):
    runs = [
        {"OPENBLAS_CORETYPE": kernel, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        for kernel, instructions in KERNELS.items()
        if can_run(instructions)
        for threads in "12"
    ]
    with ThreadPoolExecutor(2) as pool:
        texts = list(pool.map(lambda run: printed(**run), runs))
    for run, text in zip(runs, texts, strict=True):
        assert text == plain, run
