// Unpacks what the page carries, and starts the views.

const TICK = 350; // milliseconds a step when playing

function modelView() {
  const runs = page.runs.map((run, place) => element("option", { value: place }, labelOf(run)));
  const others = [element("option", { value: "" }, "nothing"), ...runs.map((option) => option.cloneNode(true))];
  byId("run").append(...runs);
  byId("beside").append(...others);
  byId("run").addEventListener("change", () => choose({ run: page.runs[byId("run").value], snapshot: Infinity }));
  byId("beside").addEventListener("change", () => choose({ beside: page.runs[byId("beside").value] ?? null }));
  byId("step").addEventListener("input", () => choose({ snapshot: byId("step").valueAsNumber }));
  byId("play").addEventListener("click", () => (timer === null ? start() : stop()));
  whenChosen(show);
  let timer = null;
  show();

  function show() {
    const text = stepText(chosen.run, chosen.snapshot);
    byId("run").value = page.runs.indexOf(chosen.run);
    byId("step").max = chosen.run.steps.length - 1;
    byId("step").value = chosen.snapshot;
    byId("step").setAttribute("aria-valuetext", text);
    byId("step-text").textContent = text;
  }

  function start() {
    if (chosen.snapshot === chosen.run.steps.length - 1) choose({ snapshot: 0 });
    timer = setInterval(() => {
      choose({ snapshot: chosen.snapshot + 1 });
      if (chosen.snapshot === chosen.run.steps.length - 1) stop();
    }, TICK);
    said("Pause", true);
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    said("Play", false);
  }

  function said(text, pressed) {
    byId("play").textContent = text;
    byId("play").setAttribute("aria-pressed", String(pressed));
  }
}

try {
  if (!("DecompressionStream" in window)) throw new Error("it is too old: use a browser of 2023 or newer");
  page.runs.forEach((run) => {
    const { softmax, offset, scale, bias } = taskOf(run);
    Object.assign(run, { softmax, offset, scaling: scale, bias });
  });
  await Promise.all(page.runs.map(unpackRun));
  new Function(new TextDecoder().decode(await unpacked(byId("vega").textContent)))();
  // The task with the most classes first, without penalty: the one to draw for.
  const most = Math.max(...page.tasks.map((task) => task.names.length));
  const run = page.runs.find((own) => taskOf(own).names.length === most);
  Object.assign(chosen, { run, snapshot: run.steps.length - 1 });
  modelView();
  weightsView();
  imagesView(await unpacked(page.images.pixels));
  playgroundView(await unpacked(page.playground.trainPixels), await unpacked(page.playground.validationPixels));
  if (page.dataset.preparation) drawView();
  await curvesView();
  // For the console, and for the tests of this page.
  window.onelayer = { page, prepare, answerOf, Training, RandomState };
} catch (error) {
  byId("problem").textContent = `This page does not work in this browser: ${error.message}.`;
  byId("problem").hidden = false;
  throw error;
}
