"""Bad overlays, as a user might write them, and a part of the line that each must end in."""

HOSTILE = (r"$(touch owned)", "; touch owned", "`touch owned`", r"\input{/etc/passwd}", r"\write18{touch owned}")
PATHS = ("../x", "/etc/passwd", "~/x", "a/../../x", ".")


def _nested(key, value):
    """YAML in one line of a dotted key and the YAML text of its value."""
    for part in reversed(key.split(".")):
        value = f"{{{part}: {value}}}"
    return value[1:-1]


def _bad_strings():
    """Strings that would do harm in a path, a shell or LaTeX, wherever the configuration takes a string."""
    for key in ("dataset", "training.dtype", "training.penalty"):
        for text in (*HOSTILE, *PATHS):
            yield _nested(key, f"'{text}'"), f"config: {key} = "
    for text in (*HOSTILE, *PATHS):
        yield _nested("tasks.softmax.lambdas", f"['0.0', '{text}']"), "config: tasks.softmax.lambdas"
        yield f"'{text}': 1", "config: unknown key"


INTEGERS = (
    ("train_images", "config: train_images = "),
    ("training.batch_size", "config: training.batch_size = "),
    ("training.max_epochs", "config: training.max_epochs = "),
    ("training.patience", "config: training.patience = "),
    ("training.evaluations_per_epoch", "config: training.evaluations_per_epoch = "),
)
NO_INTEGERS = ("0", "-1", "2.5", "1e3", "'8'", "true", "null", "[8]", "{a: 8}", ".nan", ".inf", "9" * 30)
NO_RATES = ("0", "-0.1", ".nan", ".inf", "-.inf", "fast", "1e-2", "'0.1'", "yes", "null", "[0.1]", "1.0e+200")
NO_LAMBDAS = (
    "[]",
    "null",
    "'0.2'",
    "{a: '0.2'}",
    "[0.2]",
    "[null]",
    "[true]",
    "['0.2', '0.20']",
    "['0.2', '0.2']",
    "['2', '2e0']",
    "['-1']",
    "['nan']",
    "['inf']",
    "['1e999']",
    "['100.0']",
    "['']",
    r'["1\n"]',
    "['0,2']",
    f"['{'0' * 300}']",
)

BAD = [
    # Not a mapping of YAML at all.
    ("", "overlay.yaml: the whole = None is not allowed. A mapping"),
    ("# only a comment\n", "overlay.yaml: the whole = None"),
    ("- dataset: digits\n", "overlay.yaml: the whole = "),
    ("digits", "overlay.yaml: the whole = 'digits'"),
    ("training: [1\nseeds: 2", "overlay.yaml: not valid YAML"),
    ("dataset: mnist: digits", "overlay.yaml: not valid YAML"),
    ("training:\n\tseeds: [1]\n", "overlay.yaml: not valid YAML"),
    ("dataset: digits\n---\ndataset: mnist\n", "overlay.yaml: not valid YAML"),
    ("training: " + "[" * 3000, "overlay.yaml: not valid YAML"),
    ("dataset: 2026-13-45", "overlay.yaml: not valid YAML"),
    # YAML that hides what it means, or is more than data.
    ("train_images: 5\ntrain_images: 6\n", "the key 'train_images' stands twice in one mapping at line 2"),
    ("training: {seeds: [1], seeds: [2]}", "the key 'seeds' stands twice"),
    ("training: &a {seeds: [1]}\ntasks: *a\n", "an alias (*) or a tag (!) is not allowed"),
    ("training: &a {seeds: *a}", "an alias (*) or a tag (!) is not allowed"),
    ("dataset: !!python/name:os.system\n", "an alias (*) or a tag (!) is not allowed"),
    ("dataset: !!python/object/apply:os.system ['touch owned']\n", "an alias (*) or a tag (!) is not allowed"),
    ("train_images: 0100", "'0100' is not a decimal integer"),
    ("train_images: 1:30", "'1:30' is not a decimal integer"),
    ("train_images: 0x10", "'0x10' is not a decimal integer"),
    ("train_images: " + "9" * 5000, "is not a decimal integer, or too long"),
    ("? [1, 2]\n: 3\n", "a key is text"),
    ("1: 2", "a key is text"),
    ("__use_yte__: true\ndataset: '?open(\"owned\", \"w\")'\n", "the key '__use_yte__' is not allowed"),
    ("__use_yte__: true\n__definitions__: ['open(\"owned\", \"w\")']\n", "the key '__use_yte__' is not allowed"),
    ("__use_yte__: false\n", "the key '__use_yte__' is not allowed"),
    ('"\\x5f_use_yte__": true\n"?if open(\'owned\', \'w\')": {a: 1}\n', "the key '__use_yte__' is not allowed"),
    ("pathvars: {results: ../x}", "the key 'pathvars' is not allowed"),
    ("pathvars: 3", "the key 'pathvars' is not allowed"),
    # Unknown keys at each level, and mappings that are none.
    ("learning_rate: 0.1", "config: unknown key 'learning_rate'; allowed here: dataset"),
    ("tasks: {ternary: {}}", "config: unknown key 'tasks.ternary'"),
    ("tasks: {binary: {momentum: 0.9}}", "config: unknown key 'tasks.binary.momentum'"),
    ("training: {cores: 8}", "config: unknown key 'training.cores'"),
    ("tasks: null", "config: tasks = None"),
    ("tasks: [binary, softmax]", "config: tasks = "),
    ("tasks: {softmax: null}", "config: tasks.softmax = None"),
    ("training: []", "config: training = []"),
    # The data set and its sizes.
    ("dataset: fashion", "Known data sets: mnist, digits"),
    ("dataset: no", "config: dataset = False"),
    ("dataset: {name: mnist}", "config: dataset = "),
    ("train_images: 60001", "an integer from 1 to 60000"),
    ("validation_images: 10001", "an integer from 1 to 10000"),
    ("training: {batch_size: 20001}", "At most train_images, which is 20000"),
    ("dataset: digits", "an integer from 1 to 1297"),
    # Classes, orders, seeds, types.
    *((f"tasks: {{binary: {{classes: {pair}}}}}", "config: tasks.binary.classes") for pair in (
        "[2, 2]", "[2]", "[2, 3, 4]", "[2, 10]", "[-1, 2]", "[2.0, 3]", "['2', '3']", "2", "null", "[true, 2]",
    )),
    *((f"tasks: {{softmax: {{classes: {some}}}}}", "config: tasks.softmax.classes") for some in ("[]", "[1, 1]")),
    *((f"tasks: {{binary: {{shuffle: {some}}}}}", "config: tasks.binary.shuffle") for some in (
        "[]", "true", "['true']", "[1]", "[true, true]", "[null]",
    )),
    *((_nested("training.seeds", some), "config: training.seeds") for some in (
        "[]", "[1, 1]", "[-1]", "[4294967296]", "[1.0]", "['0']", "[yes]", "0", "null", "{a: 0}",
    )),
    *((_nested("training.dtype", some), "config: training.dtype = ") for some in ("float16", "null", "[float32]")),
    *((_nested("training.penalty", some), "config: training.penalty = ") for some in ("l1", "true", "[sum]")),
    # Numbers.
    *((_nested(key, value), says) for key, says in INTEGERS for value in NO_INTEGERS),
    *((_nested("tasks.binary.learning_rate", value), "config: tasks.binary.learning_rate = ") for value in NO_RATES),
    *((_nested("tasks.softmax.lambdas", value), "config: tasks.softmax.lambdas") for value in NO_LAMBDAS),
    *_bad_strings(),
]  # fmt: skip
