"""Each exercise as a test, for whoever marks: pytest docs/course/test_exercises.py"""

import pytest
from checking import NUMBERS, verdict


@pytest.mark.parametrize("number", NUMBERS)
def test_the_answer_is_right(number):
    right, line = verdict(number)
    assert right, line
