"""Draw the claims that are varied over data: a panel a claim, in it a line a part with its interval."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from onelayer.experiment.claims import Claim
from onelayer.figures import Drawn
from onelayer.figures.common import Axes, new_figure, save, use_style
from onelayer.io.files import read_json
from onelayer.io.log import job
from onelayer.results.ledger import limits

COLUMNS = 2


def draw(claims: Sequence[Claim], ledger: Sequence[dict[str, Any]]) -> Drawn:
    """One panel for each claim over several tasks; `ledger` is that of claims.json."""
    entries = {entry["id"]: entry for entry in ledger}
    shown = [claim for claim in claims if claim.over == "data"]
    lines = -(-len(shown) // COLUMNS)
    drawn = new_figure(6.5, 0.95 * lines)
    panels = drawn.subplots(lines, COLUMNS, squeeze=False).ravel()
    for axes, claim in zip(panels, shown, strict=False):
        _panel(axes, claim, entries[claim.id]["parts"])
        axes.set_title(f"{claim.id.replace('_', ' ')}: {entries[claim.id]['verdict']}", loc="left", fontsize=7)
    for axes in panels[len(shown) :]:
        axes.set_axis_off()
    return drawn


def _panel(axes: Axes, claim: Claim, parts: Sequence[dict[str, Any]]) -> None:
    scale = 100 if claim.unit in ("points", "%") else 1
    axes.axvspan(-claim.margin * scale, claim.margin * scale, color="0.85", linewidth=0)
    lowest, highest = limits(claim.rule)
    for limit in (lowest, highest):
        if np.isfinite(limit):
            axes.axvline(limit * scale, color="0.35", linewidth=0.8)
    for place, part in enumerate(parts):
        if part["value"] is not None:
            value = part["value"] * scale
            bar = None if part["low"] is None else [[value - part["low"] * scale], [part["high"] * scale - value]]
            axes.errorbar(value, place, xerr=bar, marker="o", color="C0", capsize=2)
    axes.set_yticks(range(len(parts)), [part["task"] for part in parts], fontsize=6)
    axes.set_ylim(len(parts) - 0.5, -0.5)
    axes.tick_params(axis="x", labelsize=6)
    if claim.unit:
        axes.set_xlabel(claim.unit, fontsize=6, labelpad=1)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        use_style()
        claims = [Claim(**plain) for plain in snakemake.params.claims]
        save(draw(claims, read_json(snakemake.input.claims)), snakemake.output)
