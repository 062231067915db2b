"""What a configuration may not say, and the one line that it gets."""

import copy

import pytest
from snakemake.utils import update_config

from onelayer.config import check_config, check_schema, read_overlay, read_yaml
from onelayer.errors import InputError
from tests.conftest import ROOT, published_config

SCHEMA = read_yaml(ROOT / "workflow/schemas/config.schema.yaml")
TASK = "{model: softmax, classes: [1, 2], learning_rate: 0.1, lambdas: [0], shuffle: [true]"

# The text of an overlay, and what the refusal says of it.
BAD = [
    ("dataset: letters", "dataset = 'letters' is not allowed. Known data sets: mnist, fashion-mnist, digits"),
    ("dataset: 3", "dataset: 3 is not of type 'string'. The data set: a name under `datasets`."),
    ("datasets: {mnist: {preparation: mirrored}}", "datasets.mnist.preparation: 'mirrored' is unknown: use one of centred_by_mass, counted_in_blocks"),
    ("offline: maybe", "offline: 'maybe' is not of type 'boolean'"),
    ("train_images: 5", "'train_images' was unexpected). Known here: dataset, offline, images, training, tasks"),
    ("training: {epochs: 5}", "training: Additional properties are not allowed ('epochs' was unexpected). Known here: batch_size"),
    ("training: {batch_size: 0}", "training.batch_size: 0 is less than the minimum of 1"),
    ("training: {batch_size: 5.0}", "training.batch_size: 5.0 is not of type 'integer'"),
    ("training: {batch_size: true}", "training.batch_size: True is not of type 'integer'"),
    ("training: {batch_size: 20001}", "tasks.binary: batch_size = 20001 (set in overlay): more than the 20000 training images"),
    ("training: {dtype: float16}", "training.dtype: 'float16' is not one of ['float64', 'float32']"),
    ("training: {seeds: []}", "training.seeds: [] should be non-empty"),
    ("training: {seeds: [1, 1]}", "training.seeds: [1, 1] has non-unique elements"),
    ("training: {patience: null}", "training.patience: None is not of type 'integer'"),
    ("images: {train: {count: 60001}}", "tasks.binary: train = {'first': 0, 'file': 'train', 'count': 60001} (set in overlay): the train images of this data set are 60000"),
    ("images: {train: {file: test, count: 10000}}", "validation = {'first': 0, 'file': 'test', 'count': 10000} (set in config): shares images with train"),
    ("images: {test: {file: test, count: 10}}", "test = {'first': 0, 'file': 'test', 'count': 10} (set in overlay): shares images with validation"),
    ("images: {test: {count: 10}}", "(set in overlay): missing key 'file'"),
    ("images: {holdout: {file: test}}", "images: Additional properties are not allowed ('holdout' was unexpected). Known here: train, validation, test"),
    ("tasks: {binary: null, softmax: null}", "tasks: none is left"),
    ("tasks: {Mine: null}", "tasks: 'Mine' does not match"),
    (f"tasks: {{mine: {TASK}, momentum: 1}}}}", "tasks.mine: Additional properties are not allowed ('momentum' was unexpected)"),
    ("tasks: {mine: {model: softmax}}", "tasks.mine: 'classes' is a required property"),
    ("tasks: {binary: {model: perceptron}}", "tasks.binary: model = perceptron (set in overlay): known models: logistic, softmax, hinge, least_squares"),
    ("tasks: {binary: {classes: [1, 2, 3]}}", "the model logistic takes 2 classes"),
    ("tasks: {binary: {classes: [1, 11]}}", "mnist has no class 11"),
    ("tasks: {binary: {classes: [1, 1]}}", "tasks.binary.classes: [1, 1] has non-unique elements"),
    ("tasks: {binary: {learning_rate: 0}}", "tasks.binary.learning_rate: 0 is less than the minimum of 1e-12"),
    ("tasks: {binary: {learning_rate: 1.0e-13}}", "is less than the minimum of 1e-12"),
    ("tasks: {binary: {learning_rate: .nan}}", "learning_rate = nan (set in overlay): give a finite number"),
    ("tasks: {binary: {learning_rate: 1e-2}}", "tasks.binary.learning_rate: '1e-2' is not of type 'number'"),
    ("tasks: {binary: {lambdas: [-1]}}", "tasks.binary.lambdas.0: -1 is less than the minimum of 0"),
    ("tasks: {binary: {lambdas: ['-1']}}", "'-1' is not a decimal number of at least 0"),
    ("tasks: {binary: {lambdas: ['../x']}}", "'../x' is not a decimal number of at least 0"),
    ("tasks: {binary: {lambdas: [.inf]}}", "'inf' is not a decimal number of at least 0"),
    ("tasks: {binary: {lambdas: ['1e-400']}}", "'1e-400' is too small for a floating-point number, which would be 0"),
    ("tasks: {binary: {lambdas: ['0.1', 0.1]}}", "the same number stands there twice"),
    ("tasks: {binary: {lambdas: [true]}}", "tasks.binary.lambdas.0: True is not of type 'string', 'number'"),
    ("tasks: {binary: {lambdas: [30]}}", "tasks.binary: learning_rate = 0.05 (set in config) and the lambda 30 (set in overlay) do not go together"),
    ("tasks: {binary: {train: {first: 9000, count: 1, file: test}}}", "validation = {'first': 0, 'file': 'test', 'count': 10000} (set in config): shares images with train"),
    ("- dataset: mnist", "a mapping with keys of the configuration is needed"),
    ("__use_yte__: true", "the key '__use_yte__' is not allowed"),
    ("pathvars: {results: x}", "the key 'pathvars' is not allowed"),
    ("training: {seeds: [1], seeds: [2]}", "the key 'seeds' stands twice in one mapping"),
    ("tasks: {binary: {learning_rate: 0:0.05}}", "'0:0.05' would be read to base 60"),
    ("training: {patience: 1:30}", "'1:30' would be read to base 60"),
    ("a: [", "not valid YAML"),
    ("a: !!python/object/apply:os.system [ls]", "not valid YAML"),
]  # fmt: skip


def merged(overlay, folder):
    """The checked configuration with the text of an overlay, merged as Snakemake does it."""
    path = folder / "overlay.yaml"
    path.write_text(overlay)
    base = published_config()
    files = {"config": copy.deepcopy(base), "overlay": read_overlay(path)}
    update_config(base, files["overlay"])
    check_schema(base, SCHEMA, "config")
    check_config(base, files)
    return base


@pytest.mark.parametrize(("overlay", "says"), BAD)
def test_what_cannot_be_is_one_line_that_says_what_and_where(tmp_path, overlay, says):
    with pytest.raises(InputError) as raised:
        merged(overlay, tmp_path)
    assert says in str(raised.value) and "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "overlay",
    [
        f"tasks: {{four_nine: {TASK}}}}}",
        "tasks: {binary: null}",
        "images: {test: {file: train, first: 20000, count: 10}}",
        "tasks: {binary: {validation: {file: train, first: 20000, count: 10}, test: {file: test, count: 10}}}",
        "dataset: digits\nimages: {train: {count: 1297}, validation: {count: 500}}",
    ],
)
def test_what_can_be_is_accepted(tmp_path, overlay):
    assert merged(overlay, tmp_path)["tasks"]


def test_merge_keys_are_yaml_and_allowed(tmp_path):
    (tmp_path / "merge.yaml").write_text("base: &base {a: 1, b: 2}\nother: {<<: *base, b: 3}\n")
    assert read_overlay(tmp_path / "merge.yaml")["other"] == {"a": 1, "b": 3}


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"absent\.yaml: cannot be read: No such file"):
        read_overlay(tmp_path / "absent.yaml")


def test_the_published_configuration_is_sound(config):
    check_schema(config, SCHEMA, "config")
    check_config(config, {"config": config})
