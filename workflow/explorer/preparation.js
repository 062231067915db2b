// From a drawing to an image like those of the data set: the twin of onelayer/data/preparation.py, in the same integers.

const BLOCK = 4, WIDTH = [3, 4], SHARE = 96;

// The image, Uint8Array of shape[0] * shape[1], for ink, one byte a pixel, row by row; null where there is too little ink.
function prepare(ink, height, width, preparation, shape, pixelMax) {
  const box = boxOf(ink, height, width);
  const image = box && PREPARATIONS[preparation](darkened(box, 255), shape, pixelMax);
  return image ? Uint8Array.from(image.values) : null;
}

// Fitted into 5/7 of the image, its centre of mass in the image's centre.
function centredByMass(box, shape, pixelMax) {
  const room = shape.map((side) => rounded(side * 5, 7));
  const longer = box.height * room[1] >= box.width * room[0] ? 0 : 1;
  const length = [box.height, box.width][longer];
  const [height, width] = [box.height, box.width].map((side) => Math.max(1, rounded(side * room[longer], length)));
  const fitted = darkened(resampled(box, height, width), pixelMax);
  if (!fitted) return null;
  let mass = 0, down = 0, right = 0;
  fitted.values.forEach((value, place) => {
    mass += value;
    down += value * Math.floor(place / width);
    right += value * (place % width);
  });
  return placed(fitted, offset(shape[0], height, down, mass), offset(shape[1], width, right, mass), shape);
}

// As high as a bitmap of 4 x 4 dots for each pixel of the image, its ink counted in these blocks.
function countedInBlocks(box, shape, pixelMax) {
  const [rows, columns] = shape.map((side) => side * BLOCK);
  const width = Math.min(Math.max(1, rounded(box.width * rows, box.height)), Math.floor((columns * WIDTH[0]) / WIDTH[1]));
  const dots = darkened(resampled(box, rows, width), 255);
  if (!dots) return null;
  dots.values = dots.values.map((value) => (value >= SHARE ? 1 : 0));
  const bitmap = placed(dots, 0, Math.floor((columns - width) / 2), [rows, columns]);
  const counts = grid(shape[0], shape[1]);
  bitmap.values.forEach((dot, place) => {
    const row = Math.floor(place / columns / BLOCK), column = Math.floor((place % columns) / BLOCK);
    counts.values[row * shape[1] + column] += dot;
  });
  return { ...counts, values: counts.values.map((count) => rounded(count * pixelMax, BLOCK * BLOCK)) };
}

const PREPARATIONS = { centred_by_mass: centredByMass, counted_in_blocks: countedInBlocks };

const grid = (height, width) => ({ height, width, values: new Array(height * width).fill(0) });

// The part of a drawing between its outermost ink; null where there is none.
function boxOf(ink, height, width) {
  let top = height, bottom = -1, left = width, right = -1;
  ink.forEach((value, place) => {
    if (!value) return;
    const row = Math.floor(place / width), column = place % width;
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
    left = Math.min(left, column);
    right = Math.max(right, column);
  });
  if (bottom < 0) return null;
  const rows = Array.from({ length: bottom - top + 1 }, (_, row) => [...ink.subarray((top + row) * width + left, (top + row) * width + right + 1)]);
  return { height: rows.length, width: right - left + 1, values: rows.flat() };
}

// The mean ink below each pixel of a grid laid over the box, rounded: along rows, then along columns.
function resampled(box, height, width) {
  const part = grid(box.height, width), whole = grid(height, width);
  forOverlaps(width, box.width, (to, from, length) => {
    for (let row = 0; row < box.height; row++) part.values[row * width + to] += length * box.values[row * box.width + from];
  });
  forOverlaps(height, box.height, (to, from, length) => {
    for (let column = 0; column < width; column++) whole.values[to * width + column] += length * part.values[from * width + column];
  });
  return { ...whole, values: whole.values.map((sum) => rounded(sum, box.values.length)) };
}

// Calls found(cell, pixel, length) for each cell and pixel that overlap, both over one length of cells * pixels.
function forOverlaps(cells, pixels, found) {
  for (let cell = 0; cell < cells; cell++) {
    const first = Math.floor((cell * pixels) / cells), last = Math.min(pixels - 1, Math.floor(((cell + 1) * pixels) / cells));
    for (let pixel = first; pixel <= last; pixel++) {
      const length = Math.min((cell + 1) * pixels, (pixel + 1) * cells) - Math.max(cell * pixels, pixel * cells);
      if (length > 0) found(cell, pixel, length);
    }
  }
}

// The darkest pixel at `largest`, the others in proportion; null where all are bare.
function darkened(image, largest) {
  const darkest = image.values.reduce((most, value) => Math.max(most, value), 0);
  return darkest ? { ...image, values: image.values.map((value) => rounded(value * largest, darkest)) } : null;
}

// The nearest integer to a quotient, halves upwards.
const rounded = (numerator, denominator) => Math.floor((2 * numerator + denominator) / (2 * denominator));

// Where a row of `length` begins, for its centre of mass to come nearest to the middle of `side`.
const offset = (side, length, moment, mass) => Math.min(Math.max(rounded(Math.floor(side / 2) * mass - moment, mass), 0), side - length);

function placed(part, top, left, shape) {
  const image = grid(shape[0], shape[1]);
  part.values.forEach((value, place) => {
    image.values[(top + Math.floor(place / part.width)) * shape[1] + left + (place % part.width)] = value;
  });
  return image;
}
