// The runs of the page: their weights out of the packed text, and what these say of an image.

// Bytes out of text: base64 of deflated bytes.
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Bytes that stand apart (all first bytes, then all second ones, ...) put together as numbers of `Type`.
function fromPlanes(bytes, Type) {
  const count = bytes.length / Type.BYTES_PER_ELEMENT, together = new Uint8Array(bytes.length);
  for (let plane = 0; plane < Type.BYTES_PER_ELEMENT; plane++)
    for (let place = 0; place < count; place++) together[place * Type.BYTES_PER_ELEMENT + plane] = bytes[plane * count + place];
  return new Type(together.buffer);
}

// Gives a run `weights`: a Float32Array (outputs * inputs, the bias last) for each of its steps; and `largest`.
async function unpackRun(run) {
  const size = run.outputs * run.inputs;
  const differences = fromPlanes(await unpacked(run.snapshots), Int16Array);
  const sums = new Int16Array(size); // wraps around, as the differences do
  run.weights = run.steps.map((_, snapshot) => {
    for (let place = 0; place < size; place++) sums[place] += differences[snapshot * size + place];
    return Float32Array.from(sums, (value) => value * run.scale);
  });
  run.weights[run.weights.length - 1] = fromPlanes(await unpacked(run.last), Float32Array);
  run.largest = Math.max(...run.weights.map(largestWeight));
  delete run.snapshots;
  delete run.last;
}

// The largest of some weights or contributions, whatever its sign.
function largestWeight(weights) {
  return weights.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

// The inputs of an image for a run: (pixel - offset) / scale and, with a bias, a constant 1 (onelayer/data/samples.py).
function inputsOf(run, pixels) {
  const inputs = new Float32Array(run.inputs).fill(1);
  for (let place = 0; place < pixels.length; place++) inputs[place] = (pixels[place] - run.offset) / run.scaling;
  return inputs;
}

// One logit an output.
function logitsOf(weights, inputs) {
  const logits = [];
  for (let first = 0; first < weights.length; first += inputs.length) {
    let sum = 0;
    for (let place = 0; place < inputs.length; place++) sum += weights[first + place] * inputs[place];
    logits.push(sum);
  }
  return logits;
}

// The position of the class decided on: of one output the first class where it is above 0, of several the largest.
function decisionOf(logits) {
  return logits.length === 1 ? (logits[0] > 0 ? 0 : 1) : logits.indexOf(Math.max(...logits));
}

// The probability of each class; one output speaks for the first class, as one of two whose other is 0.
function softmaxOf(logits) {
  const pair = logits.length === 1 ? [logits[0], 0] : logits, largest = Math.max(...pair);
  const powers = pair.map((logit) => Math.exp(logit - largest)), sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

// What a run says of an image at one of its steps. `scores` are probabilities, or the outputs of a model without them.
function answerOf(run, snapshot, pixels) {
  const inputs = inputsOf(run, pixels), weights = run.weights[snapshot], logits = logitsOf(weights, inputs);
  const decided = decisionOf(logits), probabilities = run.softmax ? softmaxOf(logits) : null;
  const scores = probabilities ?? (logits.length === 1 ? [logits[0], -logits[0]] : logits);
  const rivals = scores.filter((_, place) => place !== decided);
  const confidence = probabilities ? scores[decided] : scores[decided] - Math.max(...rivals);
  return { inputs, logits, decided, scores, confidence, isProbability: probabilities !== null };
}

// The contribution of each pixel to the score of a class, and of the bias: w x. One output speaks for the first class and
// against the second.
function contributionsOf(run, snapshot, inputs, place) {
  const first = run.outputs === 1 ? 0 : place * run.inputs, sign = run.outputs === 1 && place === 1 ? -1 : 1;
  return inputs.map((input, number) => sign * run.weights[snapshot][first + number] * input);
}
