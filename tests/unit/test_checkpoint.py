import logging

import numpy as np
import pytest

from onelayer import checkpoint as module
from onelayer.checkpoint import Checkpoint
from onelayer.training import train
from tests.unit.test_training import change, hard

LOG = logging.getLogger("onelayer")
IDENTITY = {"settings": {"lam": 0.1}, "numpy": "2"}
ARRAYS = {"weights": np.arange(6.0).reshape(2, 3), "rows": np.empty((0, 5)), "epoch": np.array(3)}


class Killed(Exception):
    pass


def same(one, other):
    """Whether two values of a History are the same in every bit."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return np.asarray(one).dtype == np.asarray(other).dtype and np.asarray(one).tobytes() == np.asarray(other).tobytes()


@pytest.mark.parametrize(
    "values",
    [
        {"patience": 10_000},
        {"patience": 3, "learning_rate": 2.0},
        {"patience": 12, "shuffle": False, "dtype": "float32"},
        {"patience": 10_000, "task": "binary", "classes": (0, 1), "evaluations_per_epoch": 7},
    ],
)
def test_a_run_goes_on_after_any_epoch_to_the_same_bits(tmp_path, monkeypatch, values):
    monkeypatch.setattr(module, "INTERVAL", 0)
    monkeypatch.setattr(module, "REST", 0)
    settings = change(**{"max_epochs": 9, "classes": (0, 1, 2, 3), **values})
    training, validation = hard(settings.task, 200, 1), hard(settings.task, 90, 2)
    expected = train(training, validation, settings)
    for last in range(1, expected.stop_epoch + 2):

        def kill(epoch, *_, last=last):
            if epoch == last:
                raise Killed

        path = tmp_path / f"{last}.npz"
        try:
            train(training, validation, settings, kill, Checkpoint(path, IDENTITY, LOG))
        except Killed:
            assert last <= expected.stop_epoch
        reports = []
        got = train(
            training, validation, settings, lambda *v, to=reports: to.append(v), Checkpoint(path, IDENTITY, LOG)
        )
        assert all(epoch >= last for epoch, *_ in reports)
        assert all(same(value, vars(got)[name]) for name, value in vars(expected).items())


def saved(path):
    Checkpoint(path, IDENTITY, LOG).save(ARRAYS)
    return path


def test_what_is_saved_comes_back(tmp_path):
    path = saved(tmp_path / "task=softmax" / "x.npz")
    back = Checkpoint(path, IDENTITY, LOG).load()
    assert back.keys() == ARRAYS.keys() and all(same(back[name], ARRAYS[name]) for name in ARRAYS)
    assert [file.name for file in path.parent.iterdir()] == ["x.npz"]
    Checkpoint(path, IDENTITY, LOG).delete()
    assert Checkpoint(path, IDENTITY, LOG).load() is None and not list(path.parent.iterdir())


def test_any_damage_and_any_other_run_is_noticed_and_said(tmp_path, caplog):
    path = saved(tmp_path / "x.npz")
    whole = path.read_bytes()
    flipped = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(0, len(whole), 7)]
    cut = [whole[:length] for length in range(0, len(whole), 50)]
    for content in [*flipped, *cut, whole + b"\0", b"\x80\x04K\x01."]:
        path.write_bytes(content)
        assert Checkpoint(path, IDENTITY, LOG).load() is None
        assert "damaged or of another run" in caplog.records[-1].getMessage()
    path.write_bytes(whole)
    for other in ({**IDENTITY, "numpy": "3"}, {**IDENTITY, "settings": {"lam": 0.2}}, {}):
        assert Checkpoint(path, other, LOG).load() is None
    assert Checkpoint(path, IDENTITY, LOG).load() is not None


def test_one_that_cannot_be_written_or_read_is_done_without(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    Checkpoint(tmp_path / "file" / "x.npz", IDENTITY, LOG).save(ARRAYS)
    assert "not saved, training goes on" in caplog.text
    (tmp_path / "folder").mkdir()
    assert Checkpoint(tmp_path / "folder", IDENTITY, LOG).load() is None
    assert "training starts from the beginning" in caplog.text


def test_it_comes_seldom_enough_to_cost_two_percent(tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(module.time, "perf_counter", lambda: now[0])
    checkpoint = Checkpoint(tmp_path / "x.npz", IDENTITY, LOG)
    monkeypatch.setattr(module.os, "replace", lambda *_: now.__setitem__(0, now[0] + 3))
    assert not checkpoint.due()
    now[0] = 9.9
    assert not checkpoint.due()
    now[0] = 10
    assert checkpoint.due()
    checkpoint.save(ARRAYS)  # takes 3 seconds
    now[0] = 13 + 149
    assert not checkpoint.due()
    now[0] = 13 + 150
    assert checkpoint.due()


def test_a_run_of_less_than_the_interval_writes_none(tmp_path):
    train(hard("softmax", 200, 1), hard("softmax", 90, 2), change(), None, Checkpoint(tmp_path / "x", IDENTITY, LOG))
    assert not list(tmp_path.iterdir())


def test_one_that_cannot_be_deleted_is_no_error(tmp_path, caplog):
    (tmp_path / "c.npz").mkdir()
    Checkpoint(tmp_path / "c.npz", {}, logging.getLogger("test")).delete()
    assert "not deleted" in caplog.text
