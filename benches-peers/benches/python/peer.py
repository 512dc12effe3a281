"""The Python side of the bench `python`: does on request what a line names, so many times, and says what that took.

A line is `<what> <times>`, the answer the processor time of this thread for one, in nanoseconds. Peers: the Python
library checkpointer and joblib, as they are without options.
"""

import sys
import tempfile
import time

import numpy
from checkpointer import Checkpointer
from joblib import Memory

FOLDER = tempfile.TemporaryDirectory()
disk = Checkpointer(root_path=FOLDER.name, verbosity=0)
memory = Checkpointer(format="memory", verbosity=0)
joblib = Memory(FOLDER.name + "/joblib", verbose=0)


@memory
def number(n: int) -> int:
    return n * n


@disk
def text(n: int) -> str:
    return "x" * n


@joblib.cache
def joblib_text(n: int) -> str:
    return "x" * n


@disk
def array(n: int) -> numpy.ndarray:
    return numpy.arange(n, dtype=numpy.float64)


CALLS = {
    "number": lambda: number(7),
    "text-100": lambda: text(100),
    "text-10240": lambda: text(10240),
    "joblib-text-100": lambda: joblib_text(100),
    "joblib-text-10240": lambda: joblib_text(10240),
    "array-1000000": lambda: array(1_000_000),
    "array-13107200": lambda: array(13_107_200),
}

for call in CALLS.values():
    call()
for line in sys.stdin:
    what, times = line.split()
    call = CALLS[what]
    begin = time.thread_time_ns()
    for _ in range(int(times)):
        call()
    print((time.thread_time_ns() - begin) / int(times), flush=True)
