"""Runs a command, and writes what it took into the file that the first argument names. Memory is that of the largest single process of it."""
import json
import resource
import subprocess
import sys
import time

start = time.perf_counter()
status = subprocess.run(sys.argv[2:], stdout=sys.stderr, check=False).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
spent = {
    "seconds": time.perf_counter() - start,
    "cpu": used.ru_utime + used.ru_stime,
    "peak": used.ru_maxrss / (2**20 if sys.platform == "darwin" else 1024),
}
with open(sys.argv[1], "w", encoding="utf8") as file:
    json.dump(spent, file)
sys.exit(status)
