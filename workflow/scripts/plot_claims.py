"""Draw the claims that are varied over data: a panel a claim, in it a line a part with its interval."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from onelayer.experiment.claims import Claim
from onelayer.figures import Drawn
from onelayer.figures.common import new_figure, save, use_style
from onelayer.io.files import read_json
from onelayer.io.log import job
from onelayer.results.ledger import limits

COLUMNS = 2


def draw(claims: Sequence[Claim], ledger: Sequence[dict[str, Any]]) -> Drawn:
    """One panel for each of `claims`; `ledger` is that of claims.json."""
    entries = {entry["id"]: entry for entry in ledger}
    lines = -(-len(claims) // COLUMNS)
    drawn = new_figure(6.5, 0.95 * lines)
    panels = drawn.subplots(lines, COLUMNS, squeeze=False).ravel()
    for axes in panels[len(claims) :]:
        axes.set_axis_off()
    for axes, claim in zip(panels, claims, strict=False):
        parts, scale = entries[claim.id]["parts"], 100 if claim.unit in ("points", "%") else 1
        axes.axvspan(-claim.margin * scale, claim.margin * scale, color="0.85", linewidth=0)
        for limit in filter(np.isfinite, limits(claim.rule)):
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
        axes.set_title(f"{claim.id.replace('_', ' ')}: {entries[claim.id]['verdict']}", loc="left", fontsize=7)
    return drawn


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        use_style()
        claims = [Claim(**plain) for plain in snakemake.params.claims]
        save(draw(claims, read_json(snakemake.input.claims)), snakemake.output)
