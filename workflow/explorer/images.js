// Validation images, what the run says of them, and why.

const A_PAGE = 60;

function imagesView(pixels) {
  const size = HEIGHT * WIDTH_OF_IMAGE;
  let most = A_PAGE, shownTask = null, open = null;
  for (const id of ["image-class", "image-outcome", "image-order"]) byId(id).addEventListener("change", () => { most = A_PAGE; draw(); });
  byId("image-more").addEventListener("click", () => { most += A_PAGE; draw(); });
  listeners.push(draw);
  draw();

  function draw() {
    const task = taskOf(chosen.run);
    if (task !== shownTask) {
      shownTask = task;
      open = null;
      byId("image-class").replaceChildren(element("option", { value: "all" }, "all"), ...task.names.map((name, place) => element("option", { value: place }, name)));
    }
    const images = page.images.tasks[task.name].map(([place, file, target]) => {
      const own = pixels.subarray(place * size, (place + 1) * size);
      return { file, target, pixels: own, answer: answerOf(chosen.run, chosen.snapshot, own) };
    });
    const found = filtered(images);
    const right = images.filter(({ target, answer }) => answer.decided === target).length;
    byId("image-text").textContent = `${found.length} of ${images.length} images; of all ${images.length} the run decides ${percent(right / images.length)} right at this step.`;
    byId("image-grid").replaceChildren(...found.slice(0, most).map(thumbnail));
    byId("image-more").hidden = found.length <= most;
    show(images.find((image) => image.file === open));
  }

  function filtered(images) {
    const label = byId("image-class").value, outcome = byId("image-outcome").value, order = byId("image-order").value;
    const found = images.filter(({ target, answer }) =>
      (label === "all" || target === Number(label)) && (outcome === "all" || (answer.decided === target) === (outcome === "right")));
    const sign = { surest: -1, unsurest: 1, file: 0 }[order];
    return found.sort((one, other) => sign * (one.answer.confidence - other.answer.confidence) || one.file - other.file);
  }

  function thumbnail(image) {
    const names = taskOf(chosen.run).names, wrong = image.answer.decided !== image.target;
    const text = wrong ? `${names[image.target]} → ${names[image.answer.decided]}` : names[image.target];
    const ariaLabel = `Image ${image.file}: ${names[image.target]}, ${wrong ? `taken for ${names[image.answer.decided]}` : "decided right"}, ${confidenceText(image.answer)}`;
    const canvas = Object.assign(picture(greysOfPixels(image.pixels)), { role: null, ariaHidden: "true" });
    const button = element("button", { type: "button", className: wrong ? "wrong" : "", title: text, ariaLabel }, canvas, element("span", {}, text));
    button.addEventListener("click", () => {
      open = image.file;
      show(image);
      byId("image-detail").scrollIntoView({ block: "nearest" });
      byId("image-detail").focus({ preventScroll: true });
    });
    return button;
  }

  function show(image) {
    byId("image-detail").hidden = !image;
    if (!image) return;
    const names = taskOf(chosen.run).names;
    byId("image-detail").replaceChildren(
      element("h3", {}, `Image ${image.file}: ${names[image.target]}, taken for ${names[image.answer.decided]}`),
      ...explained(chosen.run, chosen.snapshot, image.pixels, image.answer, image.target),
    );
  }
}

const confidenceText = (answer) => `${answer.isProbability ? "probability" : "margin"} ${answer.confidence.toFixed(3)}`;

// An image with its probabilities and contributions; `target` is null where nobody knows what it shows.
function explained(run, snapshot, pixels, answer, target) {
  const names = taskOf(run).names;
  const scores = answer.isProbability ? "Probability of each class" : "Output of each class: this model gives no probabilities";
  const ground = page.dataset.ink === "dark" ? PIXEL_MAX : 0, paper = (ground - run.offset) / run.scaling;
  const maps = mapsOf(run, snapshot, answer, target, names);
  const largest = Math.max(...maps.map(({ parts }) => largestWeight(parts)));
  return [
    element("div", { className: "answer" },
      captioned(picture(greysOfPixels(pixels), "The image as the model sees it"), "as the model sees it"),
      element("div", {}, element("p", { className: "hint" }, scores), barsOf(names, answer))),
    element("div", { className: "maps" }, ...maps.map(({ title, parts, bias }) => {
      const sum = parts.reduce((total, part) => total + part, 0);
      const caption = `${title}: pixels ${hundredths(sum)}, bias ${hundredths(bias)}, in all ${hundredths(sum + bias)}`;
      return captioned(picture(greysOfSigned(parts, largest), `Contribution of each pixel ${title}`), caption);
    })),
    element("p", { className: "hint" }, `Contribution of each pixel, weight times input: light for the class, dark against it.${paper ? ` Bare paper is an input of ${number(paper)}, so it counts too.` : ""}`),
    scaleOf(largest),
  ];
}

// The contributions to show: to the class that won, to the true one, and their difference.
function mapsOf(run, snapshot, answer, target, names) {
  const parted = (title, values) => ({ title, parts: values.slice(0, HEIGHT * WIDTH_OF_IMAGE), bias: run.bias ? values.at(-1) : 0 });
  const won = contributionsOf(run, snapshot, answer.inputs, answer.decided);
  if (run.outputs === 1) return [parted(`for ${names[answer.decided]}, against ${names[1 - answer.decided]}`, won)];
  const other = target === null || target === answer.decided ? runnerUp(answer) : target;
  const theirs = contributionsOf(run, snapshot, answer.inputs, other);
  return [
    parted(`for ${names[answer.decided]}`, won),
    parted(`for ${names[other]}${other === target ? ", the true class" : ", the next likely class"}`, theirs),
    parted(`for ${names[answer.decided]} rather than ${names[other]}`, won.map((part, place) => part - theirs[place])),
  ];
}

function runnerUp({ scores, decided }) {
  const others = scores.with(decided, -Infinity);
  return others.indexOf(Math.max(...others));
}

function barsOf(names, answer) {
  const largest = answer.isProbability ? 1 : Math.max(...answer.scores.map(Math.abs), 1e-9);
  return element("ol", { className: "bars" }, ...names.map((name, place) => {
    const bar = element("span", { className: "bar" });
    bar.style.width = `${(100 * Math.max(0, answer.scores[place])) / largest}%`;
    return element("li", { className: place === answer.decided ? "decided" : "" },
      element("span", {}, name), element("span", {}, bar), element("span", { className: "value" }, answer.scores[place].toFixed(answer.isProbability ? 4 : 3)));
  }));
}
