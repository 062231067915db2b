// The weights of each output as images, of one run or of two side by side.

function weightsView() {
  document.querySelectorAll("input[name=scale]").forEach((input) => input.addEventListener("change", draw));
  listeners.push(draw);
  draw();

  function draw() {
    const panels = [{ run: chosen.run, snapshot: chosen.snapshot }];
    if (chosen.beside) panels.push({ run: chosen.beside, snapshot: snapshotAt(chosen.beside, chosen.run.steps[chosen.snapshot]) });
    const scale = document.querySelector("input[name=scale]:checked").value;
    const shared = Math.max(...panels.map(({ run }) => run.largest));
    byId("weight-panels").replaceChildren(...panels.map(({ run, snapshot }) => {
      const own = scale === "run" ? run.largest : largestWeight(run.weights[snapshot]);
      return panelOf(run, snapshot, scale === "shared" ? shared : own);
    }));
  }
}

function panelOf(run, snapshot, largest) {
  const names = taskOf(run).names, captions = run.outputs === 1 ? [`light for ${names[0]}, dark for ${names[1]}`] : names;
  const images = captions.map((caption, output) => {
    const weights = run.weights[snapshot].subarray(output * run.inputs, output * run.inputs + HEIGHT * WIDTH_OF_IMAGE);
    return captioned(picture(greysOfSigned(weights, largest), `Weights of ${caption}`), caption);
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
  const [step, last] = [run.steps[snapshot], run.steps.at(-1)].map((count) => count.toLocaleString("en"));
  return `After step ${step} of ${last}: validation accuracy ${percent(run.accuracy[snapshot])}, loss ${number(run.loss[snapshot])}`;
}
