"""Bundle the library that draws the explorer's curves into one script, once for a version of it."""

import vl_convert

from onelayer.io.files import write_text
from onelayer.io.log import job

if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        write_text(snakemake.output[0], vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed"))
