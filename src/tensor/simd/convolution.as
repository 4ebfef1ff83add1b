// The gradients of a convolution of any filter size, stride and dilation, as matrix products on image-to-column copies.
// The copies are made for a few pixels at a time, so that they stay in the cache.
//
// x and dx: [batch, height, width, inChannels]; dy: [batch, outHeight, outWidth, outChannels];
// filter and its gradient: [filterHeight, filterWidth, inChannels, outChannels].
import { gemm } from './gemm';

const PIXELS = 96;

// @ts-ignore: decorator
@inline
function padded(n: i32): i32 {
  return (n + 7) & ~7;
}

// The bytes of scratch memory that both functions need.
export function convolutionScratch(taps: i32, outChannels: i32): i32 {
  return (PIXELS * (padded(taps) + padded(outChannels)) + padded(taps) * padded(outChannels)) << 2;
}

// The gradient of the filter: the sum over the pixels of (the taps under the filter) ⊗ dy.
export function filterGradient(
  x: usize, batch: i32, height: i32, width: i32, inChannels: i32,
  dy: usize, outHeight: i32, outWidth: i32, outChannels: i32, filterHeight: i32, filterWidth: i32,
  strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32, padTop: i32, padLeft: i32,
  gradient: usize, scratch: usize,
): void {
  const taps = filterHeight * filterWidth * inChannels;
  const wide = padded(outChannels), exact = wide == outChannels;
  const copies = scratch, dyCopy = copies + ((PIXELS * taps) << 2), sumCopy = dyCopy + ((PIXELS * wide) << 2);
  const sums = exact ? gradient : sumCopy;
  const pixels = batch * outHeight * outWidth;
  memory.fill(sums, 0, (taps * wide) << 2);
  if (!exact) memory.fill(dyCopy, 0, (PIXELS * wide) << 2);
  for (let first = 0; first < pixels; first += PIXELS) {
    const count = min(PIXELS, pixels - first);
    // Pixels of one output row at a time: along a row, each tap moves by the stride.
    for (let p = 0; p < count; ) {
      const pixel = first + p;
      const image = pixel / (outHeight * outWidth), place = pixel % (outHeight * outWidth);
      const column = place % outWidth;
      const length = min(outWidth - column, count - p);
      gather(
        x + ((image * height * width * inChannels) << 2), height, width, inChannels,
        (place / outWidth) * strideHeight - padTop, column * strideWidth - padLeft, length, strideWidth,
        filterHeight, filterWidth, dilationHeight, dilationWidth, copies + ((p * taps) << 2),
      );
      p += length;
    }
    let from = dy + ((first * outChannels) << 2);
    if (!exact) {
      for (let p = 0; p < count; p++) {
        memory.copy(dyCopy + ((p * wide) << 2), from + ((p * outChannels) << 2), outChannels << 2);
      }
      from = dyCopy;
    }
    gemm(taps, wide, count, copies, taps << 2, from, wide << 2, sums, wide << 2, 0);
  }
  if (!exact) {
    for (let t = 0; t < taps; t++) {
      memory.copy(gradient + ((t * outChannels) << 2), sums + ((t * wide) << 2), outChannels << 2);
    }
  }
}

// The gradient of the input: every pixel of dy adds its multiple of the filter. dx is filled with zeros by the caller.
export function inputGradient(
  dx: usize, batch: i32, height: i32, width: i32, inChannels: i32,
  dy: usize, outHeight: i32, outWidth: i32, outChannels: i32, filterHeight: i32, filterWidth: i32,
  strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32, padTop: i32, padLeft: i32,
  filter: usize, scratch: usize,
): void {
  const taps = filterHeight * filterWidth * inChannels;
  const wide = padded(taps);
  const products = scratch, dyTurned = products + ((PIXELS * wide) << 2);
  const turned = dyTurned + ((PIXELS * outChannels) << 2);
  // The filter as [outChannels, taps], with zeros behind the taps.
  memory.fill(turned, 0, (wide * outChannels) << 2);
  transpose(filter, taps, outChannels, turned, wide);
  const pixels = batch * outHeight * outWidth;
  for (let first = 0; first < pixels; first += PIXELS) {
    const count = min(PIXELS, pixels - first);
    transpose(dy + ((first * outChannels) << 2), count, outChannels, dyTurned, PIXELS);
    gemm(count, wide, outChannels, dyTurned, PIXELS << 2, turned, wide << 2, products, wide << 2, 1);
    for (let p = 0; p < count; p++) {
      const pixel = first + p;
      const image = pixel / (outHeight * outWidth), place = pixel % (outHeight * outWidth);
      const top = (place / outWidth) * strideHeight - padTop, left = (place % outWidth) * strideWidth - padLeft;
      scatter(
        dx + ((image * height * width * inChannels) << 2), height, width, inChannels, top, left,
        filterHeight, filterWidth, dilationHeight, dilationWidth, products + ((p * wide) << 2),
      );
    }
  }
}

// The taps under the filter at `length` places of a row, the first at (top, left); zeros outside the image.
// @ts-ignore: decorator
@inline
function gather(
  x: usize, height: i32, width: i32, channels: i32, top: i32, left: i32, length: i32, stride: i32,
  filterHeight: i32, filterWidth: i32, dilationHeight: i32, dilationWidth: i32, to: usize,
): void {
  const bytes = channels << 2, vectors = (channels & ~3) << 2;
  const step = filterHeight * filterWidth * bytes;
  for (let i = 0; i < filterHeight; i++) {
    const y = top + i * dilationHeight;
    const row = x + y * width * bytes;
    for (let j = 0; j < filterWidth; j++) {
      let at = left + j * dilationWidth;
      for (let tap = to, end = to + length * step; tap < end; tap += step) {
        // Loops, not memory.copy and memory.fill: a call costs more than the few bytes of most pixels.
        let c = 0;
        if (y >= 0 && y < height && at >= 0 && at < width) {
          const from = row + at * bytes;
          for (; c < vectors; c += 16) v128.store(tap + c, v128.load(from + c));
          for (; c < bytes; c += 4) store<f32>(tap + c, load<f32>(from + c));
        } else {
          for (; c < bytes; c += 4) store<f32>(tap + c, 0);
        }
        at += stride;
      }
      to += bytes;
    }
  }
}

// The transpose of gather.
// @ts-ignore: decorator
@inline
function scatter(
  dx: usize, height: i32, width: i32, channels: i32, top: i32, left: i32,
  filterHeight: i32, filterWidth: i32, dilationHeight: i32, dilationWidth: i32, from: usize,
): void {
  const bytes = channels << 2, vectors = (channels & ~3) << 2;
  for (let i = 0; i < filterHeight; i++) {
    const y = top + i * dilationHeight;
    for (let j = 0; j < filterWidth; j++) {
      const at = left + j * dilationWidth;
      if (y >= 0 && y < height && at >= 0 && at < width) {
        const to = dx + (y * width + at) * bytes;
        let c = 0;
        for (; c < vectors; c += 16) v128.store(to + c, f32x4.add(v128.load(to + c), v128.load(from + c)));
        for (; c < bytes; c += 4) store<f32>(to + c, load<f32>(to + c) + load<f32>(from + c));
      }
      from += bytes;
    }
  }
}

// to[columns, lead] = from[rows, columns] transposed.
function transpose(from: usize, rows: i32, columns: i32, to: usize, lead: i32): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      store<f32>(to + ((c * lead + r) << 2), load<f32>(from + ((r * columns + c) << 2)));
    }
  }
}
