"""Runs dvc for the interchange tests without paying for its start each time.

Reads one JSON object a line, {"cwd", "argv", "env"}, and answers each with {"code", "stdout", "stderr"}. dvc is imported once;
each call runs in a fork of the process in that pristine state, so that nothing is carried over from one call to the next.
"""

import gc
import importlib
import json
import multiprocessing
import os
import pkgutil
import sys
import tempfile

import dvc.cli
import dvc.repo
import dvc.stage
from dvc.cli.parser import get_main_parser

# What calls import when they need it.
for package in (dvc.repo, dvc.stage):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
for name in (
    "configobj",
    "dulwich.index",
    "dulwich.worktree",
    "dvc.cachemgr",
    "dvc.data_cloud",
    "dvc.dvcfile",
    "dvc.ignore",
    "dvc.lock",
    "dvc.output",
    "dvc.parsing",
    "dvc.rwlock",
    "dvc.schema",
    "dvc.utils.serialize",
    "dvc.utils.strictyaml",
    "dvc_data.hashfile.db.local",
    "dvc_data.hashfile.state",
    "dvc_data.hashfile.status",
    "dvc_data.index.checkout",
    "networkx",
    "platformdirs.unix",
    "rich.console",
    "ruamel.yaml",
    "scmrepo.git",
):
    importlib.import_module(name)
get_main_parser()
gc.collect()
gc.freeze()


fork = multiprocessing.get_context("fork")


def run(request, out, err):
    """In the fork. multiprocessing ends it without tearing the interpreter down, which would copy every page of it."""
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.argv = ["dvc", *request["argv"]]
    sys.exit(dvc.cli.main(request["argv"]))


def serve(line):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = fork.Process(target=run, args=(json.loads(line), out, err))
        child.start()
        child.join()
        answer = {"code": child.exitcode}
        for key, file in (("stdout", out), ("stderr", err)):
            file.seek(0)
            answer[key] = file.read().decode("utf-8", "replace")
        return answer


for request_line in sys.stdin:
    print(json.dumps(serve(request_line)), flush=True)
