"""Hold the answer to an exercise to its check: python docs/course/check.py 4

`--solutions` checks the course's own answer. The exit status is 0 if the answer is right and 1 if not.
"""

import argparse
import sys

from checking import NUMBERS, verdict

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Check the answer to an exercise.")
    parser.add_argument("number", type=int, choices=NUMBERS, metavar=f"{NUMBERS[0]}-{NUMBERS[-1]}")
    parser.add_argument("--solutions", action="store_true", help="check docs/course/solutions instead")
    arguments = parser.parse_args()
    right, line = verdict(arguments.number, "solutions" if arguments.solutions else "exercises")
    print(line)
    sys.exit(not right)
