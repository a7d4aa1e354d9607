"""The worker process of a Lambda function: a script, run with its own environment and code (embedded default).

It runs AWS's runtime client where there is a wheel for it, else the small loop beside it. It imports nothing of this
project: the function's code comes first on the path, dependencies come from the virtual environment.
"""

import ctypes
import importlib
import os
import runpy
import signal
import sys
from pathlib import Path


def main() -> None:
    """Leave with the parent, then hand over to a runtime client; never returns normally."""
    parent, runtime = int(sys.argv[1]), sys.argv[2]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(
            1, signal.SIGKILL
        )  # PR_SET_PDEATHSIG: the thread that started us lives as long as its process
    if os.getppid() != parent:
        os._exit(1)
    # As on Lambda, the task's root is first; Python was started with -P, so this file's folder is not on the path.
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    if runtime == "auto":
        try:
            importlib.import_module("runtime_client")  # the client's compiled half
            from awslambdaric.__main__ import main as run
            from awslambdaric.lambda_config import LambdaConfigProvider
        except ImportError:
            runtime = "loop"
        else:
            # Since Python 3.12 the client waits for each invocation in a new thread, so that the first one can handle
            # signals. Ours get none but SIGKILL, and the threads cost a third of a short call.
            LambdaConfigProvider.SUPPORTED_THREADPOLLING_ENVS = set()
            sys.argv = ["awslambdaric", os.environ["_HANDLER"]]
            run(sys.argv)
            return
    runpy.run_path(str(Path(__file__).with_name("runtime_loop.py")), run_name="__main__")


if __name__ == "__main__":
    main()
