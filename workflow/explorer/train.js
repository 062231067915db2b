// Trains in a worker, as onelayer/training/training.py does: zero weights, batches, file order or NumPy's permutations, penalty, stop.
// Numbers are float64. Messages in: {settings, pixels, labels, ...} to begin, {steps}, {rate, lambda} to turn while it runs.

// NumPy's RandomState: MT19937, and the legacy way to shuffle.
class RandomState {
  constructor(seed) {
    this.state = new Uint32Array(624);
    this.state[0] = seed;
    for (let n = 1; n < 624; n++) {
      const last = this.state[n - 1] ^ (this.state[n - 1] >>> 30);
      this.state[n] = Math.imul(last, 1812433253) + n;
    }
    this.place = 0;
  }

  next() {
    const { state } = this, n = this.place++ % 624;
    const mixed = (state[n] & 0x80000000) | (state[(n + 1) % 624] & 0x7fffffff);
    let value = (state[n] = state[(n + 397) % 624] ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0));
    value ^= value >>> 11;
    value ^= (value << 7) & 0x9d2c5680;
    value ^= (value << 15) & 0xefc60000;
    return (value ^ (value >>> 18)) >>> 0;
  }

  // An integer from 0 to `most`.
  upTo(most) {
    const mask = 2 ** (32 - Math.clz32(most)) - 1;
    let value;
    do value = (this.next() & mask) >>> 0;
    while (value > most);
    return value;
  }

  shuffle(values) {
    for (let n = values.length - 1; n > 0; n--) {
      const other = this.upTo(n);
      [values[n], values[other]] = [values[other], values[n]];
    }
  }
}

// The twins of onelayer/models: of the logits of one image its loss; the slopes by the logits are written over `slopes`.
const MODELS = {
  logistic: { one: true, loss: crossEntropies },
  one_versus_rest: { loss: crossEntropies },
  softmax: { loss(logits, target, slopes) {
    const largest = Math.max(...logits);
    let total = 0;
    for (let k = 0; k < logits.length; k++) total += slopes[k] = Math.exp(logits[k] - largest);
    for (let k = 0; k < logits.length; k++) slopes[k] /= total;
    slopes[target] -= 1;
    return Math.log(total) - (logits[target] - largest);
  } },
  least_squares: { loss(logits, target, slopes) {
    let loss = 0;
    for (let k = 0; k < logits.length; k++) {
      slopes[k] = logits[k] - (k === target ? 1 : 0);
      loss += 0.5 * slopes[k] ** 2;
    }
    return loss;
  } },
  hinge: { loss(logits, target, slopes) {
    let rival = target === 0 ? 1 : 0;
    for (let k = 0; k < logits.length; k++) if (k !== target && logits[k] > logits[rival]) rival = k;
    const loss = Math.max(0, 1 + logits[rival] - logits[target]);
    slopes.fill(0);
    if (loss > 0) [slopes[rival], slopes[target]] = [1, -1];
    return loss;
  } },
};

// The cross-entropies of outputs that each have a probability of their own; a single one has that of the first class.
function crossEntropies(logits, target, slopes) {
  let loss = -(logits[target] ?? 0);
  for (let k = 0; k < logits.length; k++) {
    slopes[k] = 0.5 * (1 + Math.tanh(0.5 * logits[k])) - (k === target ? 1 : 0);
    loss += Math.max(logits[k], 0) + Math.log1p(Math.exp(-Math.abs(logits[k])));
  }
  return loss;
}

// The position of the class decided on: of one output the first class where it is above 0, of several the largest.
const decisionOf = (logits) => (logits.length === 1 ? (logits[0] > 0 ? 0 : 1) : logits.indexOf(Math.max(...logits)));

const PENALTIES = { sum: 1, half_sum: 0.5 };

class Training {
  // `training` and `validation` are {inputs: Float64Array (images * inputs), targets}; `settings` has model, outputs, width (inputs an
  // image), rate, lambda, penalty, batchSize, shuffle, seed, perEpoch and patience (0: none).
  constructor(settings, training, validation) {
    Object.assign(this, { settings, training, validation });
    this.model = MODELS[settings.model];
    this.random = new RandomState(settings.seed);
    this.weights = new Float64Array(settings.outputs * settings.width);
    this.logits = new Float64Array(settings.outputs);
    this.slopes = new Float64Array(settings.outputs);
    this.count = training.targets.length;
    this.perEpoch = Math.floor(this.count / settings.batchSize);
    this.every = Math.max(1, Math.floor(this.perEpoch / settings.perEpoch));
    Object.assign(this, { step: 0, best: Infinity, since: 0, ended: false, evaluations: [] });
  }

  // One step on the next batch.
  advance() {
    const { settings, training, weights, slopes } = this, { width, outputs, batchSize, rate } = settings;
    const place = this.step % this.perEpoch;
    if (place === 0) {
      this.order = Array.from({ length: this.count }, (_, number) => number);
      if (settings.shuffle) this.random.shuffle(this.order);
    }
    const gradient = new Float64Array(weights.length);
    for (const image of this.order.slice(place * batchSize, (place + 1) * batchSize)) {
      const first = image * width;
      this.lossOf(training, image);
      for (let k = 0; k < outputs; k++) {
        const slope = slopes[k] / batchSize, row = k * width;
        for (let n = 0; n < width; n++) gradient[row + n] += slope * training.inputs[first + n];
      }
    }
    const decay = 2 * settings.lambda * PENALTIES[settings.penalty];
    for (let n = 0; n < weights.length; n++) weights[n] -= rate * (gradient[n] + decay * weights[n]);
    this.step += 1;
    if ((this.step - 1) % this.every === 0) this.evaluate();
  }

  // The loss of an image, with its logits and slopes left behind.
  lossOf(set, image) {
    const { width, outputs } = this.settings, { weights, logits } = this;
    for (let k = 0; k < outputs; k++) {
      let sum = 0;
      for (let n = 0, row = k * width, first = image * width; n < width; n++) sum += weights[row + n] * set.inputs[first + n];
      logits[k] = sum;
    }
    return this.model.loss(logits, set.targets[image], this.slopes);
  }

  evaluate() {
    const found = this.evaluation(), { loss, trainLoss } = found;
    this.evaluations.push(found);
    this.since = loss < this.best ? 0 : this.since + 1;
    this.best = Math.min(this.best, loss);
    this.ended = (this.settings.patience > 0 && this.since >= this.settings.patience) || !Number.isFinite(loss + trainLoss);
  }

  // Loss and accuracy now; `step` is how many steps were taken.
  evaluation() {
    const [trainLoss, trainAccuracy] = this.over(this.training), [loss, accuracy] = this.over(this.validation);
    return { step: this.step, trainLoss, trainAccuracy, loss, accuracy };
  }

  // Mean loss and accuracy of a set.
  over(set) {
    let loss = 0, right = 0;
    for (let image = 0; image < set.targets.length; image++) {
      loss += this.lossOf(set, image);
      right += decisionOf(this.logits) === set.targets[image];
    }
    return [loss / set.targets.length, right / set.targets.length];
  }

  // What the page shows: the evaluations since it was last told, and the weights.
  report() {
    const evaluations = this.evaluations.splice(0);
    const norm = this.weights.reduce((sum, value) => sum + value * value, 0);
    return { step: this.step, epoch: Math.floor(this.step / this.perEpoch), evaluations, weights: this.weights.slice(), norm, ended: this.ended };
  }
}

// In a worker; on a page the classes are used as they are.
if (typeof WorkerGlobalScope !== "undefined") {
  let training = null;
  self.onmessage = ({ data }) => {
    if (data.settings) training = new Training(data.settings, data.training, data.validation);
    if (data.turn) return Object.assign(training.settings, data.turn);
    // For a number of steps, or as many as fit the milliseconds of a frame.
    const end = performance.now() + (data.milliseconds ?? Infinity);
    let left = data.steps ?? 0;
    for (; left > 0 && !training.ended && performance.now() < end; left--) training.advance();
    // Between two evaluations one more, when it comes to rest.
    self.postMessage({ id: data.id, ...training.report(), ...(left === 0 && training.step > 0 ? { rest: training.evaluation() } : {}) });
  };
}
