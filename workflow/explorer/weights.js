// The weights of each output as images, of one run or of two side by side.

function weightsView() {
  document.querySelectorAll("input[name=scale]").forEach((input) => input.addEventListener("change", draw));
  whenChosen(draw);
  draw();

  function draw() {
    const step = chosen.run.steps[chosen.snapshot];
    const panels = [{ run: chosen.run, snapshot: chosen.snapshot }];
    if (chosen.beside) panels.push({ run: chosen.beside, snapshot: snapshotAt(chosen.beside, step) });
    const scale = document.querySelector("input[name=scale]:checked").value;
    const shared = Math.max(...panels.map(({ run }) => run.largest));
    byId("weight-panels").replaceChildren(...panels.map(({ run, snapshot }) => {
      const own = scale === "run" ? run.largest : largestWeight(run.weights[snapshot]);
      return panelOf(run, snapshot, scale === "shared" ? shared : own);
    }));
  }
}

function panelOf(run, snapshot, largest) {
  const names = taskOf(run).names, size = run.inputs;
  const captions = run.outputs === 1 ? [`light for ${names[0]}, dark for ${names[1]}`] : names;
  const images = captions.map((caption, output) => {
    const weights = run.weights[snapshot].subarray(output * size, output * size + HEIGHT * WIDTH_OF_IMAGE);
    return element("figure", {}, picture(greysOfSigned(weights, largest), `Weights of ${caption}`), element("figcaption", {}, caption));
  });
  return element("div", { className: "panel" },
    element("h3", {}, labelOf(run)),
    element("p", { className: "readout" }, stepText(run, snapshot)),
    element("div", { className: run.outputs === 1 ? "outputs one" : "outputs" }, ...images),
    scaleOf(largest),
  );
}

// A run at one of its steps in words.
function stepText(run, snapshot) {
  const step = run.steps[snapshot], last = run.steps.at(-1);
  const found = `validation accuracy ${percent(run.accuracy[snapshot])}, loss ${number(run.loss[snapshot])}`;
  return `After step ${step.toLocaleString("en")} of ${last.toLocaleString("en")}: ${found}`;
}
