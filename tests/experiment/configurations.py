"""Bad overlays, as a user might write them, and parts of the line that each must end in, with ... between them."""

PUBLISHED = ("binary", "softmax", "softmax_figure_8", "softmax_figure_9")
# What would do harm in a path, a shell or LaTeX.
HOSTILE = ("$(touch owned)", "; touch owned", "`touch owned`", r"\input{/etc/passwd}", "../x", "/etc/x", "~/x", ".")
NO_COUNT = "0 -1 2.5 5.0 1e3 '8' true null [8] {a:8} .nan .inf"
WRONG = [
    ("learning_rate", "0 -0.1 1.0e-13 .nan .inf -.inf fast 1e-2 '0.1' yes null [0.1] 1.0e+200"),
    ("lambdas", "[] null '0.2' {a:0} [null] [true] ['0.2','0.20'] ['0.1',0.1] ['2','2e0'] ['-1'] ['nan'] ['inf'] [.inf]"),
    ("lambdas", "['1e999'] ['1e-999'] [''] ['0,2'] [-1] [.nan]"),
    ("classes", "[] [1,1] [2] [2.0,3] ['2','3'] 2 null [true,2] [2,10] [-1,2]"),
    ("shuffle", "true ['true'] [1] [null] [true,true]"),
    ("train", "[] {file:other} {count:0} {count:-1} {count:2.0} {first:-1} {last:3} {count:60001}"),
    ("model", "deep ../x __init__ null"),
    ("seeds", "[] [1,1] [-1] [4294967296] [1.0] ['0'] [yes] 0 null"),
    ("dtype", "float16 null [float32]"),
    ("penalty", "l1 true [sum]"),
    ("batch_size", NO_COUNT),
    ("max_epochs", NO_COUNT),
    ("evaluations", "{per_epoch:0} {per_epoch:1.0} {at:middle} {train_loss:1} {every:2} 5"),
    ("permutations_before", "-1 1.0 true null {'2.0':-1}"),
    ("inputs", "{offset:0} {offset:0,scale:0} {offset:0,scale:-1} {offset:.inf,scale:1} {offset:'0',scale:1} 255"),
    ("bias", "1 null"),
    ("early_stop", "never {evaluations:3} {rule:patience} {rule:patience,steps:9} {rule:3} {rule:../x,evaluations:3}"),
    ("early_stop", " ".join(f"{{rule:patience,evaluations:{some}}}" for some in NO_COUNT.split())),
    ("early_stop", "{rule:growing_patience,steps:9,growth:2,threshold:0} {rule:growing_patience,steps:9,growth:.inf,threshold:1}"),
    ("early_stop", "{rule:growing_patience,steps:true,growth:2,threshold:1} {rule:growing_patience,steps:9}"),
]  # fmt: skip
BAD = [
    # Not a mapping of YAML at all.
    ("", "overlay.yaml: holds None"),
    ("- dataset: digits\n", "overlay.yaml: holds [{'dataset': 'digits'}], but a mapping with keys of the configuration is needed"),
    *((text, "overlay.yaml: not valid YAML") for text in (
        "training: [1\nseeds: 2", "training:\n\tseeds: [1]\n", "a: b\n---\na: c\n", "training: " + "[" * 3000, "dataset: 2026-13-45",
        "dataset: !!python/object/apply:os.system ['touch owned']\n",
    )),
    # YAML that hides what it means, or is more than data.
    ("offline: true\noffline: false\n", "the key 'offline' stands twice in one mapping at line 1"),
    ("training: {seeds: [1], seeds: [2]}", "the key 'seeds' stands twice in one mapping"),
    *((f"{key}: {{1: {{}}}}", "the key 1 is no text: put it in quotes") for key in ("tasks", "datasets")),
    ("training: {batch_size: 1:30}", "'1:30' is no decimal number"),
    ("tasks: {binary: {learning_rate: 0:0.05}}", "'0:0.05' is no decimal number"),
    ("__use_yte__: true\ndataset: '?open(\"owned\", \"w\")'\n", "the key '__use_yte__' is not allowed"),
    ('"\\x5f_use_yte__": true\n"?if open(\'owned\', \'w\')": {a: 1}\n', "the key '__use_yte__' is not allowed"),
    ("pathvars: {results: ../x}", "the key 'pathvars' is not allowed"),
    # Unknown keys at each level, missing ones, and mappings that are none.
    ("learning_rate: 0.1", "config: top level: unknown key 'learning_rate'. Did you mean tasks.<name>.learning_rate? Known here: source"),
    ("softmax: {learning_rate: 0.1}", "config: top level: unknown key 'softmax'. Did you mean tasks.softmax? Known here: source"),
    ("trainig: {}", "config: top level: unknown key 'trainig'. Did you mean training? ... It is set in"),
    ("tasks: {softmax: {shuffle: true}}", "config: tasks.softmax.shuffle: true is no list: write [true]. Whether"),
    ("tasks: {my task: null}", "config: tasks: 'my task' is not allowed. A task's name has lower-case letters"),
    ("tasks: {softmax: {lambdas: [010]}}", "'010' is no decimal number: put text in quotes"),
    ("tasks: {softmax: {lambdas: [0x10]}}", "'0x10' is no decimal number"),
    ("tasks: {softmax: {lambdas: [1_000]}}", "'1_000' is no decimal number"),
    ("tasks: {softmax: {lambdas: [0.0, 5.0e-324]}}", "5e-324 changes nothing in double precision: write 0, or at least 1e-12"),
    ("training: {cores: 8}", "config: training: unknown key 'cores'. Known here: batch_size"),
    ("images: {holdout: {file: test}}", "config: images: unknown key 'holdout'"),
    ("tasks: {softmax: {momentum: 0.9}}", "config: tasks.softmax: unknown key 'momentum'"),
    ("datasets: {digits: {momentum: 1}}", "config: datasets: digits: unknown key 'momentum'"),
    ("datasets: {digits: {format: jpeg}}", "config: datasets.digits.format: 'jpeg' is unknown"),
    ("tasks: {mine: {model: softmax}}", "config: tasks.mine: 'classes' is a required property"),
    *((f"tasks: {tasks}", "config: tasks: ") for tasks in ("null", "{../x: null}", "{Mine: null}", f"{{{', '.join(f'{task}: null' for task in PUBLISHED)}}}")),
    # What must fit together.
    ("dataset: letters", "config: dataset = 'letters' is not allowed. Known data sets: mnist, fashion-mnist, digits"),
    ("dataset: digits", "(set in config/sources/tdt4265_2022/source.yaml): the train images of this data set are 1297"),
    ("training: {batch_size: 20001}", "tasks.binary: batch_size = 20001 (set in ... overlay.yaml): more than the 20000 training images"),
    ("images: {validation: {file: train, first: 19999}}", "(set in ... overlay.yaml): shares images with train"),
    ("images: {test: {file: train, first: 19999, count: 1}}", "(set in ... overlay.yaml): shares images with train"),
    ("images: {test: {file: test, first: 9999, count: 1}}", "(set in ... overlay.yaml): shares images with validation"),
    ("images: {test: {count: 10}}", "(set in ... overlay.yaml): missing key 'file'"),
    ("tasks: {binary: {classes: [1, 2, 3]}}", "the model logistic takes 2 classes"),
    ("tasks: {binary: {lambdas: [20]}}", "learning_rate = 0.05 (set in ... source.yaml) and the lambda 20 (set in ... overlay.yaml) "
     "do not go together: the penalty alone would make the weights grow; with this rate lambda must be below 20"),
    ("tasks: {binary: {penalty: half_sum, lambdas: [40.0]}}", "with this rate lambda must be below 40"),
    # Values.
    *((f"dataset: {some}", "config: dataset") for some in ("no", "{name: mnist}", "3", *map(repr, HOSTILE))),
    *((f"{key}: {some}", f"config: {key}: ") for some in ("maybe", "3", "null", "[]") for key in ("offline", "evidence", "training")),
    *((f"tasks: {{softmax: {{lambdas: ['0.0', '{text}']}}}}", "lambdas = ['0.0', ... is not a decimal number") for text in HOSTILE),
    (f"tasks: {{softmax: {{lambdas: ['{'0' * 300}']}}}}", "config: tasks.softmax.lambdas.0: '000 ... ' is too long"),
    *((f"tasks: {{softmax: {{{key}: {value.replace(':', ': ')}}}}}", f"config: tasks.softmax ... {key}") for key, values in WRONG
      for value in values.split()),
]  # fmt: skip
