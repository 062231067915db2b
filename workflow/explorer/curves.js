// Loss and accuracy over training, by Vega-Lite.

// Okabe and Ito's colours, which colour-blind readers tell apart; lines of equal colour differ in their dashes.
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d31"];
const DASHES = [[1, 0], [6, 3], [2, 2], [8, 3, 2, 3]];
const SHOWN = 8; // curves at the start
const SPREAD = "standard deviation";
const SMALLEST = 1e-9; // what a logarithmic axis shows of a band that reaches 0

function curvesView() {
  const kinds = { task: "Tasks", lambda: "λ", shuffle: "Order" };
  const picked = {};
  let charts = [];
  for (const [kind, title] of Object.entries(kinds)) {
    const values = [...new Set(page.series.map((series) => series[kind]))];
    if (kind === "lambda") values.sort((one, other) => one - other);
    picked[kind] = new Set(kind === "task" ? values.filter(isEarly) : values);
    byId("series-choice").append(
      element("fieldset", {}, element("legend", {}, title), ...values.map((value) => {
        const name = kind === "shuffle" ? (value ? "shuffled" : "file order") : value;
        const box = element("input", { type: "checkbox", checked: picked[kind].has(value), name: kind, value: String(value) });
        box.addEventListener("change", () => {
          picked[kind][box.checked ? "add" : "delete"](value);
          draw();
        });
        return element("label", {}, box, ` ${name}`);
      })),
    );
  }
  for (const id of ["curve-set", "curve-x", "curve-y", "curve-from", "curve-to"]) byId(id).addEventListener("change", draw);
  byId("curve-reset").addEventListener("click", () => {
    byId("curve-from").value = byId("curve-to").value = "";
    draw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  listeners.push(moveCursor);
  return draw();

  // Whether a task is chosen at the start: all are if there are few curves, otherwise the first ones.
  function isEarly(task, place, tasks) {
    return place === 0 || page.series.filter((series) => tasks.indexOf(series.task) <= place).length <= SHOWN;
  }

  async function draw() {
    const shown = page.series.filter((series) => Object.keys(kinds).every((kind) => picked[kind].has(series[kind])));
    const names = [...new Set(shown.map((series) => taskOf(series).loss))];
    byId("loss-title").textContent = `Loss: ${names.join("; ") || "no curve is chosen"}`;
    byId("curve-table").replaceChildren(tableOf(shown));
    const vega = await Promise.all([chart("loss-chart", shown, "loss"), chart("accuracy-chart", shown, "accuracy")]);
    charts.forEach((old) => old.finalize());
    charts = vega;
    moveCursor();
  }

  function moveCursor() {
    const step = Math.max(1, chosen.run.steps[chosen.snapshot]);
    charts.forEach(({ view }) => view.signal("cursor", step).runAsync());
  }
}

// Points of curves, with what is shown of one that is pointed at; of several seeds also the spread.
function pointsOf(shown, quantity) {
  const set = byId("curve-set").value, sets = set === "both" ? ["validation", "train"] : [set];
  const [from, to] = stepsShown(shown), logarithmic = quantity === "loss" && byId("curve-y").value === "log";
  return shown.flatMap((series) => sets.flatMap((name) => series.steps.map((step, place) => {
    const point = { curve: labelOf(series), images: name === "train" ? "training" : "validation", step, [quantity]: series[`${name}_${quantity}`][place] };
    return series.seeds > 1 ? { ...point, [SPREAD]: series[`${name}_${quantity}_sd`][place] } : point;
  }))).filter((point) => point.step >= from && point.step <= to && !(logarithmic && point[quantity] <= 0));
}

// The first and the last step to show: those that are typed in, otherwise all but step 0, which no logarithm reaches.
function stepsShown(shown) {
  const last = Math.max(2, ...shown.map((series) => series.steps.at(-1)));
  const from = Math.max(1, byId("curve-from").valueAsNumber || 1), to = byId("curve-to").valueAsNumber || last;
  return from < to ? [from, to] : [1, last];
}

function chart(id, shown, quantity) {
  const style = getComputedStyle(document.documentElement), colour = (name) => style.getPropertyValue(name).trim();
  const labels = shown.map(labelOf);
  const points = pointsOf(shown, quantity), [from, to] = stepsShown(shown);
  const x = { field: "step", type: "quantitative", title: "training step", scale: { type: byId("curve-x").value, nice: false, zero: false, domain: [from, to] }, axis: { tickCount: 6, labelOverlap: true, format: ",.0f" } };
  const type = quantity === "loss" ? byId("curve-y").value : "linear";
  const y = { field: quantity, type: "quantitative", title: null, scale: { type, zero: false }, axis: quantity === "loss" ? {} : { format: ".1%" } };
  const scaleBy = (look) => ({ field: "curve", type: "nominal", scale: { domain: labels, range: shown.map((_, place) => lookOf(place)[look]) }, legend: null });
  const own = { color: scaleBy("colour"), strokeDash: scaleBy("dashes"), detail: { field: "images", type: "nominal" } };
  const spec = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: `${quantity === "loss" ? "Loss" : "Accuracy"} over training steps of ${labels.join("; ")}. The table below has the last values.`,
    width: "container", height: 300, autosize: { type: "fit-x", contains: "padding" }, background: null,
    data: { values: points },
    params: [{ name: "cursor", value: 1 }],
    layer: [
      {
        transform: [
          { filter: `datum['${SPREAD}'] > 0` },
          { calculate: `max(datum.${quantity} - datum['${SPREAD}'], ${type === "log" ? SMALLEST : 0})`, as: "low" },
          { calculate: `datum.${quantity} + datum['${SPREAD}']`, as: "high" },
        ],
        mark: { type: "area", opacity: 0.2, clip: true },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: own.color, detail: own.detail },
      },
      {
        params: [{
          name: "zoom", select: { type: "interval", encodings: ["x"], zoom: "wheel![event.shiftKey]", translate: "[pointerdown[event.pointerType === 'mouse'], window:pointerup] > window:pointermove!" }, bind: "scales",
        }],
        mark: { type: "line", clip: true, interpolate: "linear" },
        encoding: { x, y, ...own, strokeWidth: { field: "images", type: "nominal", scale: { domain: ["validation", "training"], range: [2.2, 1] }, legend: byId("curve-set").value === "both" ? { title: null } : null } },
      },
      {
        params: [{ name: "near", select: { type: "point", on: "pointerover", clear: "pointerout", nearest: true } }],
        mark: { type: "point", filled: true, size: 70, clip: true, tooltip: { content: "data" } },
        encoding: { x, y, color: own.color, opacity: { condition: { param: "near", empty: false, value: 1 }, value: 0 } },
      },
      { data: { values: [{}] }, mark: { type: "rule", clip: true, strokeDash: [4, 3], color: colour("--ink") }, encoding: { x: { datum: { expr: "cursor" }, type: "quantitative" } } },
    ],
    config: {
      font: "system-ui, sans-serif", view: { stroke: null },
      axis: { labelColor: colour("--ink"), titleColor: colour("--ink"), gridColor: colour("--line"), gridOpacity: 0.5, domainColor: colour("--line"), tickColor: colour("--line"), labelFontSize: 12, titleFontSize: 12 },
      legend: { orient: "bottom", title: null, labelColor: colour("--ink"), labelFontSize: 12, symbolStrokeColor: colour("--ink") },
    },
  };
  const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : undefined;
  return window.vegaEmbed(`#${id}`, spec, { actions: false, renderer: "canvas", tooltip: { theme, formatTooltip: pointText } });
}

// What is said of a point, but for Vega's own number of it.
function pointText({ _vgsid_, ...point }, clean) {
  const text = (name, value) => (typeof value === "string" ? value : name === "step" ? value.toLocaleString("en") : name === "accuracy" ? percent(value) : number(value));
  return Object.entries(point).map(([name, value]) => `<div>${clean(name)}: ${clean(text(name, value))}</div>`).join("");
}

// How the curve at a place among those that are shown looks.
const lookOf = (place) => ({ colour: COLOURS[place % COLOURS.length], dashes: DASHES[Math.floor(place / COLOURS.length) % DASHES.length] });

// The legend, with the last value of each curve.
function tableOf(shown) {
  const heads = ["Curve", "Seeds", "Last step", "Validation loss", "Validation accuracy", "Training accuracy"];
  const rows = shown.map((series, place) => {
    const [step, loss, validation, training] = ["steps", "validation_loss", "validation_accuracy", "train_accuracy"].map((key) => series[key].at(-1));
    const cells = [series.seeds, step.toLocaleString("en"), number(loss), percent(validation), percent(training)];
    return element("tr", {}, element("th", { scope: "row" }, swatchOf(lookOf(place)), labelOf(series)), ...cells.map((cell) => element("td", {}, cell)));
  });
  return element("table", {},
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...rows));
}

function swatchOf({ colour, dashes }) {
  const line = `<path d="M0 6h36" stroke="${colour}" stroke-width="3" stroke-dasharray="${dashes}"/>`;
  return element("span", { className: "swatch", innerHTML: `<svg width="36" height="12" aria-hidden="true">${line}</svg>` });
}
