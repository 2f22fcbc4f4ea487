"""Runs all tests of this folder and ends with their counts."""

import pathlib
import sys
import time
import unittest


class Claims(unittest.TextTestResult):
    """One line for each test: its name, read as a sentence, and how it went."""

    def addSuccess(self, test):
        unittest.TestResult.addSuccess(self, test)
        self.tell(test, "ok")

    def addFailure(self, test, err):
        unittest.TestResult.addFailure(self, test, err)
        self.tell(test, "FAILED")

    def addError(self, test, err):
        unittest.TestResult.addError(self, test, err)
        self.tell(test, "FAILED")

    def addSkip(self, test, reason):
        unittest.TestResult.addSkip(self, test, reason)
        self.tell(test, f"ignored: {reason}")

    def addSubTest(self, test, subtest, err):
        unittest.TestResult.addSubTest(self, test, subtest, err)
        if err is not None:
            self.tell(subtest, "FAILED")

    def tell(self, test, how):
        self.stream.writeln(f"test {test.id()} ... {how}")
        self.stream.flush()


def main():
    folder = str(pathlib.Path(__file__).parent)
    suite = unittest.defaultTestLoader.discover(folder, pattern=sys.argv[1] if len(sys.argv) > 1 else "test_*.py")
    begun = time.monotonic()
    result = unittest.TextTestRunner(stream=sys.stdout, resultclass=Claims).run(suite)
    # A test with several failed parts is one failed test.
    broken = [test for test, _ in result.failures + result.errors]
    failed = len({getattr(test, "test_case", test).id() for test in broken})
    passed = max(result.testsRun - failed - len(result.skipped), 0)
    word = "ok" if result.wasSuccessful() and passed else "FAILED"
    took = time.monotonic() - begun
    print(f"test result: {word}. {passed} passed; {failed} failed; {len(result.skipped)} ignored; finished in {took:.2f}s")
    sys.exit(0 if word == "ok" else 101)


if __name__ == "__main__":
    main()
