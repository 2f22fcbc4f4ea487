"""Runs the tests: `run.py MODULE [NAME…]`. The last line is in the form that cargo's test programs end with."""

import os
import sys
import unittest
from pathlib import Path

HERE = Path(__file__).parent
sys.dont_write_bytecode = True  # the folder is kept as it is


def main() -> int:
    if len(sys.argv) < 2:
        print("expected: run.py MODULE [NAME…]", file=sys.stderr)
        return 2
    os.environ["DOORWARD_NGINX_MODULE"] = str(Path(sys.argv[1]).resolve())
    sys.path.insert(0, str(HERE))
    loader = unittest.TestLoader()
    names = sys.argv[2:]
    suite = loader.loadTestsFromNames(names) if names else loader.discover(str(HERE))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    # Of a test with several failed parts, each part is listed.
    bad = {str(getattr(test, "test_case", test)) for test, _ in result.failures + result.errors}
    skipped = len(result.skipped)
    passed = result.testsRun - len(bad) - skipped
    sys.stdout.flush()
    word = "ok" if result.wasSuccessful() else "FAILED"
    print(f"test result: {word}. {max(passed, 0)} passed; {len(bad)} failed; {skipped} ignored")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
