// Winograd's minimal filtering F(4×4, 3×3) (Lavin and Gray 2015, arXiv 1509.09308): a 3×3 convolution of stride 1 in
// tiles of 4×4 outputs, with 36 multiplications for each pair of channels where the plain sum needs 144.
//
//   Y = Aᵀ[ (G g Gᵀ) ⊙ (Bᵀ d B) ]A        d: 6×6 input tile, g: 3×3 filter, Y: 4×4 output tile
//
// The products ⊙ summed over the input channels are 36 matrix products. The gradient of the filter is the transpose of
// the same formula: dg = Gᵀ[ Σ over tiles (A dY Aᵀ) ⊙ (Bᵀ d B) ]G.
//
// All tensors are [batch, height, width, channels]; channels of x are multiples of 4, those of y of 8. Tiles are taken
// in blocks whose transforms stay in the second-level cache. A "plane" is one of the 36 positions of a transformed tile.
import { gemm } from './gemm';

// A multiple of the 6 rows that the matrix product takes at a time.
const BLOCK = 48;
// Planes at a multiple of 4 kB from each other would share a few sets of the first-level cache: shift each by a line.
const SKEW = 64;

// @ts-ignore: decorator
@inline
function planeBytes(channels: i32): i32 {
  return ((BLOCK * channels) << 2) + SKEW;
}

// The bytes of scratch memory that forward and filterGradient need.
export function winogradScratch(inChannels: i32, outChannels: i32): i32 {
  const channels = max(inChannels, outChannels);
  return 36 * (planeBytes(inChannels) + planeBytes(outChannels)) + ((36 * channels) << 2) + 36 * 16;
}

// U[36, inChannels, outChannels] = G g Gᵀ for every pair of channels. With `reversed`, the filter is the one of the
// gradient of the input: turned by 180°, with g[3, 3, outChannels, inChannels].
export function winogradFilter(g: usize, u: usize, inChannels: i32, outChannels: i32, reversed: i32): void {
  const plane = (inChannels * outChannels) << 2;
  const row = inChannels << 2;
  for (let i = 0; i < inChannels; i++) {
    for (let o = 0; o < outChannels; o += 4) {
      const to = u + ((i * outChannels + o) << 2);
      // Columns first: 6×3 into planes 0 … 2 of each row, then rows in place.
      for (let x = 0; x < 3; x++) {
        if (reversed) {
          const from = g + ((o * inChannels + i) << 2) + (2 - x) * plane;
          expand(column(from + 6 * plane, row), column(from + 3 * plane, row), column(from, row), to + x * plane, 6 * plane);
        } else {
          const from = g + ((i * outChannels + o) << 2) + x * plane;
          expand(v128.load(from), v128.load(from + 3 * plane), v128.load(from + 6 * plane), to + x * plane, 6 * plane);
        }
      }
      for (let y = 0; y < 6; y++) {
        const at = to + 6 * y * plane;
        expand(v128.load(at), v128.load(at + plane), v128.load(at + 2 * plane), at, plane);
      }
    }
  }
}

// Four numbers, `step` bytes apart.
// @ts-ignore: decorator
@inline
function column(from: usize, step: i32): v128 {
  let values = v128.load32_zero(from);
  values = v128.load32_lane(from + step, values, 1);
  values = v128.load32_lane(from + 2 * step, values, 2);
  return v128.load32_lane(from + 3 * step, values, 3);
}

// G · (g0, g1, g2).
// @ts-ignore: decorator
@inline
function expand(g0: v128, g1: v128, g2: v128, to: usize, step: i32): void {
  const sixth = f32x4.splat(<f32>(1.0 / 6.0));
  const outer = f32x4.neg(f32x4.mul(f32x4.add(g0, g2), sixth));
  const middle = f32x4.mul(g1, sixth);
  const far = f32x4.add(f32x4.mul(g0, f32x4.splat(<f32>(1.0 / 24.0))), f32x4.mul(g2, sixth));
  const half = f32x4.mul(g1, f32x4.splat(<f32>(1.0 / 12.0)));
  v128.store(to, f32x4.mul(g0, f32x4.splat(0.25)));
  v128.store(to + step, f32x4.sub(outer, middle));
  v128.store(to + 2 * step, f32x4.add(outer, middle));
  v128.store(to + 3 * step, f32x4.add(far, half));
  v128.store(to + 4 * step, f32x4.sub(far, half));
  v128.store(to + 5 * step, g2);
}

// y[batch, outHeight, outWidth, outChannels] = x convolved with the transformed filter u, plus bias[outChannels] (none
// where the pointer is 0), then max(·, 0) where `relu` is 1.
export function winogradForward(
  x: usize, batch: i32, height: i32, width: i32, inChannels: i32, u: usize, bias: usize, relu: i32,
  y: usize, outHeight: i32, outWidth: i32, outChannels: i32, padTop: i32, padLeft: i32, scratch: usize,
): void {
  const vPlane = planeBytes(inChannels), mPlane = planeBytes(outChannels);
  const v = scratch, m = v + 36 * vPlane, temporary = m + 36 * mPlane, patch = temporary + 36 * 16;
  const down = (outHeight + 3) >> 2, across = (outWidth + 3) >> 2;
  const tiles = batch * down * across;
  for (let first = 0; first < tiles; first += BLOCK) {
    const count = min(BLOCK, tiles - first);
    for (let t = 0; t < count; t++) {
      const tile = first + t;
      const image = tile / (down * across), place = tile % (down * across);
      const top = (place / across) * 4 - padTop, left = (place % across) * 4 - padLeft;
      inputTile(
        x + ((image * height * width * inChannels) << 2), height, width, inChannels, top, left,
        v + (t << 2), vPlane, BLOCK << 2, 1, temporary, patch,
      );
    }
    for (let p = 0; p < 36; p++) {
      gemm(
        count, outChannels, inChannels, v + p * vPlane, BLOCK << 2,
        u + ((p * inChannels * outChannels) << 2), outChannels << 2, m + p * mPlane, outChannels << 2, 1,
      );
    }
    for (let t = 0; t < count; t++) {
      const tile = first + t;
      const image = tile / (down * across), place = tile % (down * across);
      const top = (place / across) * 4, left = (place % across) * 4;
      outputTile(
        m + ((t * outChannels) << 2), mPlane, bias, relu,
        y + ((((image * outHeight + top) * outWidth + left) * outChannels) << 2), outWidth, outChannels,
        min(4, outHeight - top), min(4, outWidth - left), temporary,
      );
    }
  }
}

// dg[3, 3, inChannels, outChannels], the gradient of the filter. du: 36 · inChannels · outChannels floats of scratch.
export function winogradFilterGradient(
  x: usize, batch: i32, height: i32, width: i32, inChannels: i32,
  dy: usize, outHeight: i32, outWidth: i32, outChannels: i32, padTop: i32, padLeft: i32,
  du: usize, dg: usize, scratch: usize,
): void {
  const vPlane = planeBytes(inChannels), mPlane = planeBytes(outChannels);
  const v = scratch, m = v + 36 * vPlane, temporary = m + 36 * mPlane, patch = temporary + 36 * 16;
  const down = (outHeight + 3) >> 2, across = (outWidth + 3) >> 2;
  const tiles = batch * down * across;
  const uPlane = (inChannels * outChannels) << 2;
  memory.fill(du, 0, 36 * uPlane);
  for (let first = 0; first < tiles; first += BLOCK) {
    const count = min(BLOCK, tiles - first);
    for (let t = 0; t < count; t++) {
      const tile = first + t;
      const image = tile / (down * across), place = tile % (down * across);
      const top = (place / across) * 4, left = (place % across) * 4;
      inputTile(
        x + ((image * height * width * inChannels) << 2), height, width, inChannels, top - padTop, left - padLeft,
        v + ((t * inChannels) << 2), vPlane, 0, 0, temporary, patch,
      );
      outputGradientTile(
        dy + ((((image * outHeight + top) * outWidth + left) * outChannels) << 2), outWidth, outChannels,
        min(4, outHeight - top), min(4, outWidth - left), m + ((t * outChannels) << 2), mPlane, temporary,
      );
    }
    for (let p = 0; p < 36; p++) {
      gemm(
        inChannels, outChannels, count, v + p * vPlane, inChannels << 2, m + p * mPlane, outChannels << 2,
        du + p * uPlane, outChannels << 2, 0,
      );
    }
  }
  contractFilter(du, dg, inChannels * outChannels);
}

// Bᵀ d B for one tile. With `transposed` the channels are `channelStep` bytes apart, else next to each other.
// @ts-ignore: decorator
@inline
function inputTile(
  x: usize, height: i32, width: i32, channels: i32, top: i32, left: i32,
  v: usize, plane: i32, channelStep: i32, transposed: i32, temporary: usize, patch: usize,
): void {
  const pixel = channels << 2;
  let from = x + (top * width + left) * pixel;
  let row = width * pixel;
  if (top < 0 || left < 0 || top + 6 > height || left + 6 > width) {
    // A tile over the border: a copy with zeros outside.
    memory.fill(patch, 0, 36 * pixel);
    const x0 = max(0, -left), x1 = min(6, width - left);
    if (x1 > x0) {
      for (let y = max(0, -top), end = min(6, height - top); y < end; y++) {
        memory.copy(patch + (y * 6 + x0) * pixel, from + y * row + x0 * pixel, (x1 - x0) * pixel);
      }
    }
    from = patch;
    row = 6 * pixel;
  }
  const two = f32x4.splat(2), four = f32x4.splat(4), five = f32x4.splat(5);
  for (let c = 0; c < channels; c += 4) {
    for (let i = 0; i < 6; i++) {
      const at = from + i * pixel + (c << 2);
      const d0 = v128.load(at), d1 = v128.load(at + row), d2 = v128.load(at + 2 * row);
      const d3 = v128.load(at + 3 * row), d4 = v128.load(at + 4 * row), d5 = v128.load(at + 5 * row);
      const to = temporary + (i << 4);
      const a = f32x4.sub(d4, f32x4.mul(four, d2)), b = f32x4.sub(d3, f32x4.mul(four, d1));
      const e = f32x4.sub(d4, d2), f = f32x4.mul(two, f32x4.sub(d3, d1));
      v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(four, d0), f32x4.mul(five, d2)), d4));
      v128.store(to, f32x4.add(a, b), 96);
      v128.store(to, f32x4.sub(a, b), 192);
      v128.store(to, f32x4.add(e, f), 288);
      v128.store(to, f32x4.sub(e, f), 384);
      v128.store(to, f32x4.add(f32x4.sub(f32x4.mul(four, d1), f32x4.mul(five, d3)), d5), 480);
    }
    for (let i = 0; i < 6; i++) {
      const at = temporary + i * 96;
      const d0 = v128.load(at), d1 = v128.load(at, 16), d2 = v128.load(at, 32);
      const d3 = v128.load(at, 48), d4 = v128.load(at, 64), d5 = v128.load(at, 80);
      const a = f32x4.sub(d4, f32x4.mul(four, d2)), b = f32x4.sub(d3, f32x4.mul(four, d1));
      const e = f32x4.sub(d4, d2), f = f32x4.mul(two, f32x4.sub(d3, d1));
      let to = v + i * 6 * plane + c * (transposed ? channelStep : 4);
      put(to, f32x4.add(f32x4.sub(f32x4.mul(four, d0), f32x4.mul(five, d2)), d4), channelStep, transposed);
      put((to += plane), f32x4.add(a, b), channelStep, transposed);
      put((to += plane), f32x4.sub(a, b), channelStep, transposed);
      put((to += plane), f32x4.add(e, f), channelStep, transposed);
      put((to += plane), f32x4.sub(e, f), channelStep, transposed);
      put((to += plane), f32x4.add(f32x4.sub(f32x4.mul(four, d1), f32x4.mul(five, d3)), d5), channelStep, transposed);
    }
  }
}

// @ts-ignore: decorator
@inline
function put(to: usize, values: v128, step: i32, transposed: i32): void {
  if (transposed) {
    v128.store32_lane(to, values, 0);
    v128.store32_lane(to + step, values, 1);
    v128.store32_lane(to + 2 * step, values, 2);
    v128.store32_lane(to + 3 * step, values, 3);
  } else {
    v128.store(to, values);
  }
}

// Aᵀ m A for one tile, into its `rows` × `columns` pixels that are inside the image.
// @ts-ignore: decorator
@inline
function outputTile(
  m: usize, plane: i32, bias: usize, relu: i32, y: usize, width: i32, channels: i32, rows: i32, columns: i32,
  temporary: usize,
): void {
  const zero = f32x4.splat(0), two = f32x4.splat(2), four = f32x4.splat(4), eight = f32x4.splat(8);
  const pixel = channels << 2;
  for (let c = 0; c < pixel; c += 16) {
    for (let i = 0; i < 6; i++) {
      const at = m + i * plane + c;
      const m0 = v128.load(at), m1 = v128.load(at + 6 * plane), m2 = v128.load(at + 12 * plane);
      const m3 = v128.load(at + 18 * plane), m4 = v128.load(at + 24 * plane), m5 = v128.load(at + 30 * plane);
      const p = f32x4.add(m1, m2), q = f32x4.sub(m1, m2), r = f32x4.add(m3, m4), s = f32x4.sub(m3, m4);
      const to = temporary + (i << 4);
      v128.store(to, f32x4.add(f32x4.add(m0, p), r));
      v128.store(to, f32x4.add(q, f32x4.mul(two, s)), 96);
      v128.store(to, f32x4.add(p, f32x4.mul(four, r)), 192);
      v128.store(to, f32x4.add(f32x4.add(q, f32x4.mul(eight, s)), m5), 288);
    }
    const offset = bias ? v128.load(bias + c) : zero;
    for (let i = 0; i < rows; i++) {
      const at = temporary + i * 96;
      const m0 = v128.load(at), m1 = v128.load(at, 16), m2 = v128.load(at, 32);
      const m3 = v128.load(at, 48), m4 = v128.load(at, 64), m5 = v128.load(at, 80);
      const p = f32x4.add(m1, m2), q = f32x4.sub(m1, m2), r = f32x4.add(m3, m4), s = f32x4.sub(m3, m4);
      const to = y + i * width * pixel + c;
      finish(to, f32x4.add(f32x4.add(m0, p), r), offset, relu);
      if (columns > 1) finish(to + pixel, f32x4.add(q, f32x4.mul(two, s)), offset, relu);
      if (columns > 2) finish(to + 2 * pixel, f32x4.add(p, f32x4.mul(four, r)), offset, relu);
      if (columns > 3) finish(to + 3 * pixel, f32x4.add(f32x4.add(q, f32x4.mul(eight, s)), m5), offset, relu);
    }
  }
}

// @ts-ignore: decorator
@inline
function finish(to: usize, values: v128, offset: v128, relu: i32): void {
  const sum = f32x4.add(values, offset);
  // pmax(0, NaN) would be 0: max keeps a NaN, so that a diverged training is seen.
  v128.store(to, relu ? f32x4.max(sum, f32x4.splat(0)) : sum);
}

// A dY Aᵀ for one tile of which `rows` × `columns` pixels are inside the image.
// @ts-ignore: decorator
@inline
function outputGradientTile(
  dy: usize, width: i32, channels: i32, rows: i32, columns: i32, m: usize, plane: i32, temporary: usize,
): void {
  const zero = f32x4.splat(0), two = f32x4.splat(2), four = f32x4.splat(4), eight = f32x4.splat(8);
  const pixel = channels << 2;
  const row = width * pixel;
  for (let c = 0; c < pixel; c += 16) {
    for (let i = 0; i < 4; i++) {
      const at = dy + i * pixel + c;
      const inside = i < columns;
      const d0 = inside ? v128.load(at) : zero;
      const d1 = inside && rows > 1 ? v128.load(at + row) : zero;
      const d2 = inside && rows > 2 ? v128.load(at + 2 * row) : zero;
      const d3 = inside && rows > 3 ? v128.load(at + 3 * row) : zero;
      const p = f32x4.add(d0, d2), q = f32x4.add(d1, d3);
      const r = f32x4.add(d0, f32x4.mul(four, d2)), s = f32x4.add(f32x4.mul(two, d1), f32x4.mul(eight, d3));
      const to = temporary + (i << 4);
      v128.store(to, d0);
      v128.store(to, f32x4.add(p, q), 64);
      v128.store(to, f32x4.sub(p, q), 128);
      v128.store(to, f32x4.add(r, s), 192);
      v128.store(to, f32x4.sub(r, s), 256);
      v128.store(to, d3, 320);
    }
    for (let i = 0; i < 6; i++) {
      const at = temporary + (i << 6);
      const d0 = v128.load(at), d1 = v128.load(at, 16), d2 = v128.load(at, 32), d3 = v128.load(at, 48);
      const p = f32x4.add(d0, d2), q = f32x4.add(d1, d3);
      const r = f32x4.add(d0, f32x4.mul(four, d2)), s = f32x4.add(f32x4.mul(two, d1), f32x4.mul(eight, d3));
      let to = m + i * 6 * plane + c;
      v128.store(to, d0);
      v128.store((to += plane), f32x4.add(p, q));
      v128.store((to += plane), f32x4.sub(p, q));
      v128.store((to += plane), f32x4.add(r, s));
      v128.store((to += plane), f32x4.sub(r, s));
      v128.store((to += plane), d3);
    }
  }
}

// dg[9, pairs] = Gᵀ du G for every pair of channels; pairs is a multiple of 4.
function contractFilter(du: usize, dg: usize, pairs: i32): void {
  const plane = pairs << 2;
  for (let c = 0; c < plane; c += 16) {
    for (let i = 0; i < 6; i++) {
      const at = du + i * plane + c;
      // Rows first, in place: the first three rows of du are read before they are written.
      contract(
        v128.load(at), v128.load(at + 6 * plane), v128.load(at + 12 * plane), v128.load(at + 18 * plane),
        v128.load(at + 24 * plane), v128.load(at + 30 * plane), at, 6 * plane,
      );
    }
    for (let i = 0; i < 3; i++) {
      const at = du + i * 6 * plane + c;
      contract(
        v128.load(at), v128.load(at + plane), v128.load(at + 2 * plane), v128.load(at + 3 * plane),
        v128.load(at + 4 * plane), v128.load(at + 5 * plane), dg + i * 3 * plane + c, plane,
      );
    }
  }
}

// Gᵀ · (u0 … u5).
// @ts-ignore: decorator
@inline
function contract(u0: v128, u1: v128, u2: v128, u3: v128, u4: v128, u5: v128, to: usize, step: i32): void {
  const near = f32x4.mul(f32x4.add(u1, u2), f32x4.splat(<f32>(-1.0 / 6.0)));
  const far = f32x4.add(u3, u4);
  const slope = f32x4.mul(f32x4.sub(u2, u1), f32x4.splat(<f32>(1.0 / 6.0)));
  v128.store(to, f32x4.add(f32x4.add(f32x4.mul(u0, f32x4.splat(0.25)), near), f32x4.mul(far, f32x4.splat(<f32>(1.0 / 24.0)))));
  v128.store(to + step, f32x4.add(slope, f32x4.mul(f32x4.sub(u3, u4), f32x4.splat(<f32>(1.0 / 12.0)))));
  v128.store(to + 2 * step, f32x4.add(f32x4.add(near, f32x4.mul(far, f32x4.splat(<f32>(1.0 / 6.0)))), u5));
}
