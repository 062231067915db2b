// A board to draw on. A drawing is a list of strokes, so that the last can be undone: each has a width and points.

const CELL = 20; // pixels that an arrow key moves

function drawView() {
  const canvas = byId("canvas"), context = canvas.getContext("2d", { willReadFrequently: true });
  const cursor = { x: (canvas.width + CELL) / 2, y: (canvas.height + CELL) / 2 }; // the middle of a cell
  let strokes = [], active = null, waiting = false, byKeyboard = false;

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    active = begin(placeOf(event));
    event.preventDefault();
    canvas.focus();
    byKeyboard = false;
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!active) return;
    active.points.push(...(event.getCoalescedEvents?.() ?? [event]).map(placeOf));
    redraw();
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { active = null; });
  canvas.addEventListener("keydown", onKey);
  canvas.addEventListener("focus", () => { byKeyboard = !active; redraw(); });
  canvas.addEventListener("blur", redraw);
  byId("undo").addEventListener("click", undo);
  byId("clear").addEventListener("click", () => { strokes = []; redraw(); });
  byId("save").addEventListener("click", save);
  listeners.push(answer);
  answer();

  function begin(point) {
    const stroke = { width: byId("brush").valueAsNumber, points: [point] };
    strokes.push(stroke);
    redraw();
    return stroke;
  }

  function placeOf(event) {
    const box = canvas.getBoundingClientRect();
    return { x: ((event.clientX - box.left) * canvas.width) / box.width, y: ((event.clientY - box.top) * canvas.height) / box.height };
  }

  function undo() {
    strokes.pop();
    redraw();
  }

  function onKey(event) {
    byKeyboard = true;
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const inside = (place, side) => Math.min(side - CELL / 2, Math.max(CELL / 2, place));
    if (move) {
      const from = { ...cursor };
      Object.assign(cursor, { x: inside(cursor.x + CELL * move[0], canvas.width), y: inside(cursor.y + CELL * move[1], canvas.height) });
      if (event.shiftKey) begin(from).points.push({ ...cursor });
      redraw();
      byId("cursor-text").textContent = `Row ${Math.ceil(cursor.y / CELL)}, column ${Math.ceil(cursor.x / CELL)}${event.shiftKey ? ", drawn" : ""}.`;
    } else if (event.key === " ") begin({ ...cursor });
    else if (event.key === "Backspace") undo();
    else return;
    event.preventDefault();
  }

  function redraw() {
    context.clearRect(0, 0, canvas.width, canvas.height);
    drawStrokes(context, strokes);
    if (!waiting) requestAnimationFrame(() => { waiting = false; answer(); });
    waiting = true;
  }

  function answer() {
    const { preparation, ink, shape } = page.dataset;
    const light = prepare(inkOf(canvas, strokes), canvas.height, canvas.width, preparation, shape, PIXEL_MAX);
    const image = light && ink === "dark" ? light.map((value) => PIXEL_MAX - value) : light;
    chosen.drawn = image;
    if (document.activeElement === canvas && byKeyboard) showCursor();
    byId("draw-detail").hidden = !image;
    byId("draw-text").textContent = "Nothing is drawn yet.";
    if (!image) return;
    const found = answerOf(chosen.run, chosen.snapshot, image), names = taskOf(chosen.run).names;
    byId("draw-text").textContent = `Taken for ${names[found.decided]}, ${confidenceText(found)}. This run knows ${names.join(", ")}.`;
    byId("draw-detail").replaceChildren(...explained(chosen.run, chosen.snapshot, image, found, null));
  }

  function showCursor() {
    Object.assign(context, { strokeStyle: "#0b5394", lineWidth: 2 });
    context.strokeRect(cursor.x - CELL / 2, cursor.y - CELL / 2, CELL, CELL);
  }

  // Black on white, as a scanner would see it.
  function save() {
    const sheet = element("canvas", { width: canvas.width, height: canvas.height }), paper = sheet.getContext("2d");
    paper.fillStyle = "#fff";
    paper.fillRect(0, 0, sheet.width, sheet.height);
    drawStrokes(paper, strokes);
    element("a", { download: "drawing.png", href: sheet.toDataURL("image/png") }).click();
  }
}

function drawStrokes(context, strokes) {
  Object.assign(context, { lineCap: "round", lineJoin: "round", strokeStyle: "#000", fillStyle: "#000" });
  for (const { width, points } of strokes) {
    context.beginPath();
    context.arc(points[0].x, points[0].y, width / 2, 0, 2 * Math.PI); // a point alone is a dot
    context.fill();
    context.lineWidth = width;
    context.beginPath();
    points.forEach(({ x, y }) => context.lineTo(x, y));
    context.stroke();
  }
}

// The ink of strokes, one byte a pixel: how much they cover it.
function inkOf({ width, height }, strokes) {
  const sheet = new OffscreenCanvas(width, height).getContext("2d");
  drawStrokes(sheet, strokes);
  return sheet.getImageData(0, 0, width, height).data.filter((_, place) => place % 4 === 3);
}
