"""A short selection of what tests/reliability/test_configuration.py tries, without starting Snakemake."""

import copy

import pytest
from snakemake.utils import update_config

from onelayer.config import check_config, read_overlay, read_yaml
from onelayer.errors import InputError
from tests.configurations import BAD
from tests.conftest import ROOT

CONFIG = read_yaml(ROOT / "config/config.yaml")
DATASETS = read_yaml(ROOT / "config/datasets.yaml")
SCHEMA = read_yaml(ROOT / "workflow/schemas/config.schema.yaml")


def refusal(overlay, folder):
    """The message with which the text of an overlay is refused, merged as Snakemake does it."""
    path = folder / "overlay.yaml"
    path.write_text(overlay)
    config = copy.deepcopy(CONFIG)
    with pytest.raises(InputError) as raised:
        update_config(config, read_overlay(path))
        check_config(config, DATASETS, SCHEMA)
    return str(raised.value)


@pytest.mark.parametrize(("overlay", "says"), BAD[::4], ids=[overlay[:50] for overlay, _ in BAD[::4]])
def test_a_bad_overlay_is_refused_in_one_line(tmp_path, overlay, says):
    message = refusal(overlay, tmp_path)
    assert says in message and "\n" not in message and len(message) < 500


def test_a_good_overlay_is_read(tmp_path):
    path = tmp_path / "overlay.yaml"
    path.write_text("train_images: 500\ntraining: {seeds: [0, 1]}\ntasks: {softmax: {shuffle: [yes]}}\n")
    overlay = read_overlay(path)
    assert overlay == {"train_images": 500, "training": {"seeds": [0, 1]}, "tasks": {"softmax": {"shuffle": [True]}}}
