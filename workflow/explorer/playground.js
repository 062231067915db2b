// The view that trains: its controls, what is seen while it learns, and three comparisons.

const FRAME = 25; // milliseconds of training between two pictures
const COMPARED = 30; // epochs of each run of a comparison
const FAR = 1000; // a curve whose highest value is this many times its lowest has a logarithmic axis
const LEFT = -4; // of the sliders, an exponent of ten; there lambda is 0

function playgroundView(trainPixels, imagePixels) {
  const base = page.tasks.find((task) => task.name === page.playground.task), size = HEIGHT * WIDTH_OF_IMAGE;
  const worker = new Worker(URL.createObjectURL(new Blob([byId("engine").textContent], { type: "text/javascript" })));
  // What the worker says of a training that was given up since has an older number than `current`. `left`: steps that are still to
  // be taken; `waiting`: answers that are still to come; `before`: the settings from before a comparison.
  let left = 0, now = null, shadow = null, then = null, waiting = 0, current = 0, before = null;

  for (const name of base.names) {
    const box = element("input", { type: "checkbox", checked: true, value: name });
    box.addEventListener("change", anew);
    byId("train-classes").append(element("label", {}, box, ` ${name}`));
  }
  const own = [...new Set([base.model, ...page.tasks.map((task) => task.model)])];
  const known = Object.keys(MODELS), first = known.includes(base.model) ? base.model : "softmax";
  for (const model of new Set([...own, ...known]))
    byId("train-model").append(element("option", { value: model, selected: model === first, disabled: !known.includes(model) }, model.replaceAll("_", " ")));
  const untold = own.filter((model) => !known.includes(model));
  byId("train-untold").textContent = untold.length ? `This page cannot train ${untold.join(", ")}: it has no twin of that model.` : "";
  set("rate", base.rate);
  set("lambda", 0);
  byId("train-model").addEventListener("change", () => {
    const boxes = [...byId("train-classes").querySelectorAll("input:checked")];
    if (MODELS[byId("train-model").value].one) boxes.slice(2).forEach((box) => { box.checked = false; });
  });
  for (const id of ["train-model", "train-batch", "train-order", "train-seed", "train-stop"]) byId(id).addEventListener("change", anew);
  for (const name of ["rate", "lambda"]) byId(`train-${name}`).addEventListener("input", () => {
    said(name);
    if (now) worker.postMessage({ turn: { [name]: value(name) } });
  });
  byId("train-run").addEventListener("click", () => (left ? advance(0) : run(then ? COMPARED * now.perEpoch - now.step : Infinity)));
  byId("train-step").addEventListener("click", () => { run(0); if (now) send(1); });
  byId("train-epoch").addEventListener("click", () => now && run(now.perEpoch - (now.step % now.perEpoch)));
  byId("train-reset").addEventListener("click", () => {
    if (before) take(before);
    before = null;
    reset();
  });
  byId("train-orders").addEventListener("click", () => compare({ order: "file" }, { order: "shuffled" }, orders));
  byId("train-penalty").addEventListener("click", () => compare({ lambda: 0 }, { lambda: 2 }, penalties));
  byId("train-diverges").addEventListener("click", () => compare({ rate: base.rate, lambda: 2 }, { rate: 0.6 / PENALTIES[base.penalty], lambda: 2 }, rates));
  worker.onmessage = ({ data }) => told(data);
  reset();
  // Something moves on the first screen, for whoever does not mind.
  if (now && !matchMedia("(prefers-reduced-motion: reduce)").matches) run(COMPARED * now.perEpoch);

  function value(name) {
    const exponent = byId(`train-${name}`).valueAsNumber;
    return name === "lambda" && exponent <= LEFT ? 0 : Number((10 ** exponent).toPrecision(3));
  }

  function set(name, number) {
    byId(`train-${name}`).value = number > 0 ? Math.log10(number) : LEFT;
    said(name);
  }

  function said(name) {
    byId(`train-${name}-text`).textContent = byId(`train-${name}`).ariaValueText = String(value(name));
  }

  // The images of the chosen classes, and how they are trained on.
  function begun() {
    const names = [...byId("train-classes").querySelectorAll("input:checked")].map((box) => box.value);
    const model = byId("train-model").value, one = MODELS[model].one ?? false;
    if (names.length < 2 || (one && names.length !== 2)) return { problem: one ? "This model takes two classes: choose two." : "Choose two classes or more." };
    const places = names.map((name) => base.names.indexOf(name)), width = size + (base.bias ? 1 : 0);
    const setOf = (pixels, all) => {
      const images = all.filter(({ target }) => places.includes(target));
      const inputs = new Float64Array(images.length * width).fill(1);
      images.forEach(({ place }, number) => {
        for (let n = 0; n < size; n++) inputs[number * width + n] = (pixels[place * size + n] - base.offset) / base.scale;
      });
      return { inputs, targets: images.map(({ target }) => places.indexOf(target)) };
    };
    const training = setOf(trainPixels, page.playground.targets.map((target, place) => ({ place, target })));
    const validation = setOf(imagePixels, page.images.tasks[base.name].map(([place, , target]) => ({ place, target })));
    const batchSize = Math.max(1, Math.min(byId("train-batch").valueAsNumber || 32, training.targets.length));
    const settings = {
      model, width, batchSize, outputs: one ? 1 : names.length, rate: value("rate"), lambda: value("lambda"), penalty: base.penalty, perEpoch: 5,
      shuffle: byId("train-order").value === "shuffled", seed: (byId("train-seed").valueAsNumber || 0) >>> 0, patience: byId("train-stop").checked ? 10 : 0,
    };
    byId("train-batch").value = batchSize;
    return { settings, training, validation, names, perEpoch: Math.floor(training.targets.length / batchSize) };
  }

  // After another choice: from the beginning, and on if it ran.
  function anew() {
    const ran = left;
    reset();
    if (ran) run(Infinity);
  }

  // To zero weights; the run before stays as a shadow.
  function reset() {
    advance(0);
    then = null;
    byId("train-found").textContent = "";
    begin();
  }

  function begin() {
    if (now?.evaluations.length) shadow = now;
    const { problem, training, validation, ...kept } = begun();
    byId("train-text").textContent = problem ?? "";
    now = problem ? null : { ...kept, evaluations: [], step: 0, epoch: 0, norm: 0, ended: false };
    if (problem) return;
    current += 1;
    waiting = 1;
    worker.postMessage({ settings: kept.settings, training, validation, id: current });
    byId("train-weights").replaceChildren(...kept.names.slice(0, kept.settings.outputs).map((name) =>
      captioned(picture(new Array(size).fill(128), `Weights of ${name}`), name)));
  }

  function run(steps) {
    if (now?.ended) begin();
    if (now) advance(steps);
  }

  function advance(steps = left) {
    left = steps;
    byId("train-run").textContent = left ? "Pause" : "Run";
    if (now && !waiting && !now.ended) send(left);
  }

  function send(steps) {
    waiting += 1;
    worker.postMessage({ steps, milliseconds: FRAME, id: current });
  }

  function told(data) {
    if (!now || data.id !== current) return;
    waiting -= 1;
    left = data.ended ? 0 : Math.max(0, left - (data.step - now.step));
    Object.assign(now, { rest: undefined, ...data, evaluations: [...now.evaluations, ...data.evaluations] });
    if (!left) byId("train-run").textContent = "Run";
    show();
    if (then && (now.ended || now.step >= COMPARED * now.perEpoch)) return then();
    if (left) requestAnimationFrame(() => advance());
    else if (now.step && !now.rest && !now.ended) advance();
  }

  function show() {
    const last = now.rest ?? now.evaluations.at(-1), { width, outputs } = now.settings;
    const numbers = last ? `validation loss ${number(last.loss)}, accuracy ${percent(last.accuracy)}; training loss ${number(last.trainLoss)}, accuracy ${percent(last.trainAccuracy)}; ` : "";
    const after = `After ${now.step.toLocaleString("en")} ${now.step === 1 ? "step" : "steps"}, epoch ${now.epoch}`;
    byId("train-text").textContent = `${after}: ${numbers}‖w‖² = ${number(now.norm)}. ${restOf(last)}`;
    chartOf(byId("train-loss"), "loss", "trainLoss");
    chartOf(byId("train-accuracy"), "accuracy", "trainAccuracy");
    const pixels = (k) => now.weights.subarray(k * width, k * width + size);
    const largest = Math.max(...Array.from({ length: outputs }, (_, k) => largestWeight(pixels(k))));
    byId("train-scale").replaceChildren(scaleOf(largest));
    byId("train-weights").querySelectorAll("canvas").forEach((canvas, k) => paint(canvas, greysOfSigned(pixels(k), largest)));
    if (!chosen.drawn) return;
    const logits = logitsOf(now.weights, inputsOf({ inputs: width, offset: base.offset, scaling: base.scale }, chosen.drawn));
    const scores = outputs === 1 || now.settings.model === "softmax" ? softmaxOf(logits).map(percent) : logits.map(hundredths);
    byId("train-drawn").textContent = `Your drawing: ${now.names.map((name, k) => `${name} ${scores[k]}`).join(", ")}.`;
  }

  // Why it does not go on.
  function restOf(last) {
    if (left || !now.step) return "";
    if (!now.ended) return "Paused.";
    return Number.isFinite(last.loss + last.trainLoss) ? `Ended: ${now.settings.patience} evaluations without a lower loss.` : "Ended: the loss is no finite number any more. Lower the rate or λ.";
  }

  // Curves on a canvas: validation solid, training dashed, and of the run before both pale; logarithmic if they reach far.
  function chartOf(canvas, own, training) {
    const context = canvas.getContext("2d"), { width, height } = canvas, text = own === "accuracy" ? percent : number;
    const runs = [shadow?.evaluations ?? [], now.evaluations], every = runs.flat();
    const all = every.flatMap((one) => [one[own], one[training]]).filter(Number.isFinite);
    const low = Math.min(...all), high = Math.max(...all), end = Math.max(1, ...every.map((one) => one.step));
    const scaled = low > 0 && high > FAR * low ? Math.log : (value) => value;
    context.clearRect(0, 0, width, height);
    if (!all.length) return;
    Object.assign(context, { font: "22px system-ui, sans-serif", fillStyle: getComputedStyle(document.documentElement).getPropertyValue("--ink").trim(), lineWidth: 3 });
    context.fillText(`${text(high)}${scaled === Math.log ? ", logarithmic" : ""}`, 4, 24);
    context.fillText(text(low), 4, height - 30);
    context.fillText(`${end.toLocaleString("en")} steps`, width - 170, height - 4);
    for (const evaluations of runs) for (const [name, strokeStyle, dashes] of [[own, COLOURS[0], []], [training, COLOURS[1], [10, 6]]]) {
      Object.assign(context, { strokeStyle, globalAlpha: evaluations === now.evaluations ? 1 : 0.35 });
      context.setLineDash(dashes);
      context.beginPath();
      for (const one of evaluations) {
        const y = (height - 60) * (1 - (scaled(Math.min(one[name], high)) - scaled(low)) / (scaled(high) - scaled(low) || 1)) + 30;
        context.lineTo(100 + (one.step / end) * (width - 110), Number.isFinite(y) ? y : 30);
      }
      context.stroke();
    }
    canvas.ariaLabel = `${own} by step, from ${text(low)} to ${text(high)}`;
  }

  // Two runs, one after the other, that differ in one setting; and a sentence made of what they came to.
  async function compare(one, other, found) {
    before ??= { order: byId("train-order").value, rate: value("rate"), lambda: value("lambda"), stop: byId("train-stop").checked };
    reset();
    shadow = null;
    const runs = [];
    for (const settings of [one, other]) {
      take({ order: before.order, rate: base.rate, lambda: 0, stop: false, ...settings });
      begin();
      run(now ? COMPARED * now.perEpoch : 0);
      await new Promise((done) => { then = done; });
      runs.push(now);
    }
    then = null;
    byId("train-found").textContent = found(...runs);
  }

  function take({ order, rate, lambda, stop }) {
    byId("train-order").value = order;
    byId("train-stop").checked = stop;
    set("rate", rate);
    set("lambda", lambda);
  }
}

const accuraciesFrom = ({ evaluations }, share) => evaluations.slice(Math.floor(share * evaluations.length)).map((one) => one.accuracy);

// The sentences of the comparisons, from the two runs of each.
function orders(file, shuffled) {
  // At the start every run jumps: over the last three quarters.
  const [one, other] = [file, shuffled].map((run) => accuraciesFrom(run, 1 / 4)).map((later) =>
    `${(100 * Math.max(0, ...later.slice(1).map((accuracy, place) => later[place] - accuracy))).toFixed(1)} points`);
  return `After a quarter of the run the largest fall of the validation accuracy from one evaluation to the next is ${one} in file order and ${other} shuffled. ` +
    `At the end the losses are ${number(file.evaluations.at(-1).loss)} and ${number(shuffled.evaluations.at(-1).loss)}.`;
}

function penalties(none, strong) {
  const [without, range] = [none, strong].map((run) => accuraciesFrom(run, 3 / 4)).map((later) => `${percent(Math.min(...later))} and ${percent(Math.max(...later))}`);
  return `With λ = 2 the squared norm of the weights ends at ${number(strong.norm)} rather than ${number(none.norm)}. ` +
    `The validation accuracy moves between ${range} in the last quarter, and without penalty between ${without}.`;
}

function rates(base, high) {
  const [first, last] = [base, high].map((run) => run.evaluations.at(-1)), { rate, penalty } = high.settings;
  const end = Number.isFinite(last.loss) ? `the validation loss is ${number(last.loss)}` : "the loss is no finite number any more";
  return `With λ = 2 and the rate ${rate} each step multiplies the weights by ${number(1 - 2 * PENALTIES[penalty] * rate * 2)} before it follows the loss, and after ${last.step} steps ${end}. ` +
    `With ${base.settings.rate} it is ${number(first.loss)} after ${first.step}.`;
}
