import pytest

import bench


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_measurement_of_growth_runs(dtype):
    found = bench.run_growth(2000, dtype)
    assert found["run_steps"] == 15 * 38 and found["step_microseconds"] > 0
