// The runs of the page: their weights out of the packed text, and what these say of an image.

// Bytes out of text: base64 of deflated bytes.
async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Bytes that stand apart (all first bytes, then all second ones, ...) put together as numbers of `Type`.
function fromPlanes(bytes, Type) {
  const size = Type.BYTES_PER_ELEMENT, count = bytes.length / size;
  return new Type(bytes.map((_, place) => bytes[(place % size) * count + Math.floor(place / size)]).buffer);
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
const largestWeight = (weights) => weights.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

// The inputs of an image for a run: (pixel - offset) / scale and, with a bias, a constant 1 (onelayer/data/samples.py).
function inputsOf(run, pixels) {
  return new Float32Array(run.inputs).map((_, place) => (place < pixels.length ? (pixels[place] - run.offset) / run.scaling : 1));
}

// One logit an output.
function logitsOf(weights, inputs) {
  const logits = new Array(weights.length / inputs.length).fill(0);
  for (let k = 0; k < logits.length; k++)
    for (let n = 0, row = k * inputs.length; n < inputs.length; n++) logits[k] += weights[row + n] * inputs[n];
  return logits;
}

// The probability of each class; one output speaks for the first class, as one of two whose other is 0.
function softmaxOf(logits) {
  const pair = logits.length === 1 ? [logits[0], 0] : logits, largest = Math.max(...pair);
  const powers = pair.map((logit) => Math.exp(logit - largest)), sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

// What a run says of an image at one of its steps. `scores` are probabilities, or the outputs of a model without them.
function answerOf(run, snapshot, pixels) {
  const inputs = inputsOf(run, pixels), logits = logitsOf(run.weights[snapshot], inputs), decided = decisionOf(logits);
  const scores = run.softmax ? softmaxOf(logits) : logits.length === 1 ? [logits[0], -logits[0]] : logits;
  const rival = Math.max(...scores.filter((_, place) => place !== decided));
  return { inputs, logits, decided, scores, confidence: scores[decided] - (run.softmax ? 0 : rival), isProbability: run.softmax };
}

// The contribution of each pixel to the score of a class, and of the bias: w x. One output speaks for the first class and
// against the second.
function contributionsOf(run, snapshot, inputs, place) {
  const first = run.outputs === 1 ? 0 : place * run.inputs, sign = run.outputs === 1 && place === 1 ? -1 : 1;
  return inputs.map((input, number) => sign * run.weights[snapshot][first + number] * input);
}
