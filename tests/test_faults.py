"""As faltas provocadas, em miniatura: o programa que mata quem grava ainda funciona."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(not hasattr(os, "fork"), reason="só onde um processo se duplica")
def test_whoever_writes_may_die_and_whoever_trains_may_stop():
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    command = [sys.executable, "-m", "faults.writers", "2"]
    done = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("morto 2 vezes, inteiro em 2") == 3
    assert done.stdout.count("os pesos são os mesmos") == 2
