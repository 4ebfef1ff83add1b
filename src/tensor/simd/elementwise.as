// Passes over whole tensors: gradients of activations, sums for biases, optimiser updates.
// Lengths are numbers of elements. The last length % 4 elements are done one at a time by the same formulas.

// dx = dy where x > 0, else 0. x may be the input or the output of ReLU.
export function reluGradient(dy: usize, x: usize, dx: usize, length: i32): void {
  const end = dx + (length << 2), vectors = dx + ((length & ~3) << 2);
  for (; dx < vectors; dx += 16, dy += 16, x += 16) {
    v128.store(dx, v128.and(v128.load(dy), f32x4.gt(v128.load(x), f32x4.splat(0))));
  }
  for (; dx < end; dx += 4, dy += 4, x += 4) store<f32>(dx, load<f32>(x) > 0 ? load<f32>(dy) : 0);
}

// sums[columns] = the sum over the rows of x[rows, columns], times scale. Partial sums of 128 rows keep the rounding
// error that of a sum of rows / 128 numbers.
export function columnSums(x: usize, rows: i32, columns: i32, sums: usize, scale: f32): void {
  const row = columns << 2, vectors = (columns & ~3) << 2;
  memory.fill(sums, 0, row);
  for (let first = 0; first < rows; first += 128) {
    const from = x + first * row, to = from + min(128, rows - first) * row;
    let c = 0;
    for (; c < vectors; c += 16) {
      let sum = f32x4.splat(0);
      for (let at = from + c; at < to; at += row) sum = f32x4.add(sum, v128.load(at));
      v128.store(sums + c, f32x4.add(v128.load(sums + c), sum));
    }
    for (; c < row; c += 4) {
      let sum: f32 = 0;
      for (let at = from + c; at < to; at += row) sum += load<f32>(at);
      store<f32>(sums + c, load<f32>(sums + c) + sum);
    }
  }
  for (let at = sums, end = sums + row; at < end; at += 4) store<f32>(at, load<f32>(at) * scale);
}

// Adam: m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂), w −= m · alpha / (√v + ε), from (w, m, v) to (w2, m2, v2).
export function adam(
  w: usize, m: usize, v: usize, g: usize, w2: usize, m2: usize, v2: usize, length: i32,
  alpha: f32, rest1: f32, rest2: f32, epsilon: f32,
): void {
  const vectors = (length & ~3) << 2, bytes = length << 2;
  const alphas = f32x4.splat(alpha), rests1 = f32x4.splat(rest1), rests2 = f32x4.splat(rest2), e = f32x4.splat(epsilon);
  let i = 0;
  for (; i < vectors; i += 16) {
    const gradient = v128.load(g + i);
    let first = v128.load(m + i), second = v128.load(v + i);
    first = f32x4.add(first, f32x4.mul(f32x4.sub(gradient, first), rests1));
    second = f32x4.add(second, f32x4.mul(f32x4.sub(f32x4.mul(gradient, gradient), second), rests2));
    v128.store(m2 + i, first);
    v128.store(v2 + i, second);
    const change = f32x4.div(f32x4.mul(first, alphas), f32x4.add(f32x4.sqrt(second), e));
    v128.store(w2 + i, f32x4.sub(v128.load(w + i), change));
  }
  for (; i < bytes; i += 4) {
    const gradient = load<f32>(g + i);
    let first = load<f32>(m + i), second = load<f32>(v + i);
    first += (gradient - first) * rest1;
    second += (gradient * gradient - second) * rest2;
    store<f32>(m2 + i, first);
    store<f32>(v2 + i, second);
    store<f32>(w2 + i, load<f32>(w + i) - (first * alpha) / (sqrt<f32>(second) + epsilon));
  }
}

// Momentum: m = momentum · m − rate · g; w += m, or with Nesterov's look-ahead w += momentum · m − rate · g.
export function momentum(
  w: usize, m: usize, g: usize, w2: usize, m2: usize, length: i32, rate: f32, factor: f32, nesterov: i32,
): void {
  const vectors = (length & ~3) << 2, bytes = length << 2;
  const rates = f32x4.splat(rate), factors = f32x4.splat(factor);
  let i = 0;
  for (; i < vectors; i += 16) {
    const descent = f32x4.mul(v128.load(g + i), rates);
    const next = f32x4.sub(f32x4.mul(v128.load(m + i), factors), descent);
    v128.store(m2 + i, next);
    const change = nesterov ? f32x4.sub(f32x4.mul(next, factors), descent) : next;
    v128.store(w2 + i, f32x4.add(v128.load(w + i), change));
  }
  for (; i < bytes; i += 4) {
    const descent = load<f32>(g + i) * rate;
    const next = load<f32>(m + i) * factor - descent;
    store<f32>(m2 + i, next);
    store<f32>(w2 + i, load<f32>(w + i) + (nesterov ? next * factor - descent : next));
  }
}
