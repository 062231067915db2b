"""Draw figures of one task: those that show the same runs are drawn by one job."""

from collections.abc import Mapping, Sequence

from onelayer.experiment.task import Setup
from onelayer.figures import View, figure_named
from onelayer.figures.common import save, use_style
from onelayer.io.log import job
from onelayer.training.runs import files_of_runs


def main(view: View, limits: Mapping[str, tuple[float, float] | None], outputs: Mapping[str, Sequence[str]]) -> None:
    """Draw each figure named in `outputs`, with its vertical axis in `limits`, and save it to its paths."""
    use_style()
    for name, paths in outputs.items():
        view.limits = limits[name]
        save(figure_named(name).draw(view), paths)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        params, paths = snakemake.params, dict(snakemake.input.items())
        setups = {name: Setup.of(plain) for name, plain in params.setups.items()}
        (setup,), runs = setups.values(), files_of_runs(paths.pop("runs"), setups)
        view = View(setup, runs, params.class_names, tuple(params.shape), paths)
        main(view, params.limits, {name: snakemake.output[name] for name in params.limits})
