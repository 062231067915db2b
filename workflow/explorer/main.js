// Unpacks what the page carries, and starts the views.

const TICK = 350; // milliseconds a step when playing

function modelView() {
  const options = () => page.runs.map((run, place) => element("option", { value: place }, labelOf(run)));
  const atEnd = () => chosen.snapshot === chosen.run.steps.length - 1;
  let timer = null;
  byId("run").append(...options());
  byId("beside").append(element("option", { value: "" }, "nothing"), ...options());
  byId("run").addEventListener("change", () => choose({ run: page.runs[byId("run").value], snapshot: Infinity }));
  byId("beside").addEventListener("change", () => choose({ beside: page.runs[byId("beside").value] ?? null }));
  byId("step").addEventListener("input", () => choose({ snapshot: byId("step").valueAsNumber }));
  byId("play").addEventListener("click", () => {
    if (!timer && atEnd()) choose({ snapshot: 0 });
    play(!timer);
  });
  listeners.push(show);
  show();

  function show() {
    const text = stepText(chosen.run, chosen.snapshot);
    byId("run").value = page.runs.indexOf(chosen.run);
    Object.assign(byId("step"), { max: chosen.run.steps.length - 1, value: chosen.snapshot, ariaValueText: text });
    byId("step-text").textContent = text;
  }

  function play(on) {
    clearInterval(timer);
    timer = on ? setInterval(advance, TICK) : null;
    Object.assign(byId("play"), { textContent: on ? "Pause" : "Play", ariaPressed: on });
  }

  function advance() {
    choose({ snapshot: chosen.snapshot + 1 });
    if (atEnd()) play(false);
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
  chosen.run = page.runs.find((own) => taskOf(own).names.length === most);
  chosen.snapshot = chosen.run.steps.length - 1;
  modelView();
  weightsView();
  const images = await unpacked(page.images.pixels);
  imagesView(images);
  playgroundView(await unpacked(page.playground.pixels), images);
  if (page.dataset.preparation) drawView();
  await curvesView();
  // For the console, and for the tests of this page.
  window.onelayer = { page, prepare, answerOf, Training };
} catch (error) {
  Object.assign(byId("problem"), { textContent: `This page does not work in this browser: ${error.message}.`, hidden: false });
  throw error;
}
