"""Builds broken_store.c and says with which variables a program is started to be broken by it."""

import os
import subprocess

from proof import need

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "broken_store.c")


def broken(proof, how):
    need("cc")
    library = proof.path("broken_store.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-o", library, SOURCE, "-ldl"], check=True)
    return {"LD_PRELOAD": library, "JOBTALLY_BREAK": how}
