// What the views share: the content of the page, the model that is chosen, and pictures.

const page = JSON.parse(document.getElementById("content").textContent);
const [HEIGHT, WIDTH_OF_IMAGE] = page.dataset.shape, PIXEL_MAX = page.dataset.pixel_max;
// Chosen above: the run, another one beside it or null, and the place of the run's step in its `steps`.
const chosen = { run: null, beside: null, snapshot: 0 };
const listeners = []; // called when the choice changes

function choose(changes) {
  Object.assign(chosen, changes);
  chosen.snapshot = Math.min(chosen.snapshot, chosen.run.steps.length - 1);
  listeners.forEach((listener) => listener());
}

const byId = (id) => document.getElementById(id);

// An element with properties and children: element("p", { className: "hint" }, "text").
function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const captioned = (picture, caption) => element("figure", {}, picture, element("figcaption", {}, caption));
const labelOf = (series) => `${series.task}, λ = ${series.lambda}, ${series.shuffle ? "shuffled" : "file order"}`;
const taskOf = (run) => page.tasks.find((task) => task.name === run.task);
// Where a run is after as many steps as another: the last of its snapshots up to there.
const snapshotAt = (run, step) => Math.max(0, run.steps.findLastIndex((own) => own <= step));
// A value that is null is not defined: the run diverged.
const percent = (share) => (share === null ? "–" : `${(100 * share).toFixed(1)} %`);
const hundredths = (value) => (Math.round(100 * value) / 100 + 0).toFixed(2); // + 0: no -0.00

function number(value) {
  if (value === null) return "–";
  if (!Number.isFinite(value)) return "no finite number";
  const [mantissa, exponent] = value.toExponential(3).split("e");
  return (Math.abs(value) >= 1e6 ? `${mantissa} × 10^${Number(exponent)}` : value.toLocaleString("en", { maximumSignificantDigits: 4 })).replace("-", "−");
}

// A canvas with an image of grey values from 0 to 255.
function picture(values, label) {
  const canvas = element("canvas", { height: HEIGHT, width: WIDTH_OF_IMAGE, role: "img", ariaLabel: label });
  paint(canvas, values);
  return canvas;
}

function paint(canvas, values) {
  const context = canvas.getContext("2d"), image = context.createImageData(canvas.width, canvas.height);
  for (let place = 0; place < canvas.width * canvas.height; place++)
    image.data.set([values[place], values[place], values[place], 255], 4 * place);
  context.putImageData(image, 0, 0);
}

// Grey values of an image of the data set: ink is white, as the model sees it.
const greysOfPixels = (pixels) => Array.from(pixels, (pixel) => (255 * pixel) / PIXEL_MAX);
// Grey values of signed ones: 0 is mid-grey, `largest` white, its negative black.
const greysOfSigned = (values, largest) => Array.from(values, (value) => 127.5 + 127.5 * Math.max(-1, Math.min(1, value / (largest || 1))));
// The legend of signed values.
const scaleOf = (largest) => element("p", { className: "scale" }, element("span", {}, `−${number(largest)}`), element("span"), element("span", {}, `+${number(largest)}`));
