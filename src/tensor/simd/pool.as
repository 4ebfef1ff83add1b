// Gradients of pooling. Tensors are [batch, height, width, channels] for x and dx, [batch, outHeight, outWidth, channels]
// for y and dy; dx is filled with zeros by the caller where windows do not cover it, or overlap.

// Each window's gradient goes to the first of its pixels that holds the maximum y, in row-major order.
export function maxPoolGradient(
  x: usize, y: usize, dy: usize, dx: usize, batch: i32, height: i32, width: i32, channels: i32,
  outHeight: i32, outWidth: i32, filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32,
  padTop: i32, padLeft: i32,
): void {
  const pixel = channels << 2, vectors = (channels & ~3) << 2;
  for (let image = 0; image < batch; image++) {
    const origin = image * height * width * pixel;
    for (let oy = 0; oy < outHeight; oy++) {
      const top = max(0, oy * strideHeight - padTop), bottom = min(height, oy * strideHeight - padTop + filterHeight);
      for (let ox = 0; ox < outWidth; ox++) {
        const left = max(0, ox * strideWidth - padLeft), right = min(width, ox * strideWidth - padLeft + filterWidth);
        let c = 0;
        for (; c < vectors; c += 16) {
          const best = v128.load(y + c), gradient = v128.load(dy + c);
          let free = i32x4.splat(-1);
          for (let iy = top; iy < bottom; iy++) {
            for (let ix = left; ix < right; ix++) {
              const at = origin + (iy * width + ix) * pixel + c;
              const chosen = v128.and(f32x4.eq(v128.load(x + at), best), free);
              free = v128.andnot(free, chosen);
              v128.store(dx + at, f32x4.add(v128.load(dx + at), v128.and(gradient, chosen)));
            }
          }
        }
        for (; c < pixel; c += 4) {
          const best = load<f32>(y + c);
          let free = true;
          for (let iy = top; iy < bottom; iy++) {
            for (let ix = left; ix < right; ix++) {
              const at = origin + (iy * width + ix) * pixel + c;
              if (free && load<f32>(x + at) == best) {
                free = false;
                store<f32>(dx + at, load<f32>(dx + at) + load<f32>(dy + c));
              }
            }
          }
        }
        y += pixel;
        dy += pixel;
      }
    }
  }
}

// Max-pooling with windows of 2 × 2 next to each other, by far the most frequent: every pixel is written once, and dx
// need not be filled first. channels is a multiple of 4, height and width are even.
export function maxPoolGradient2x2(
  x: usize, y: usize, dy: usize, dx: usize, rows: i32, outWidth: i32, channels: i32,
): void {
  const pixel = channels << 2, row = outWidth * 2 * pixel;
  for (let oy = 0; oy < rows; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      for (let c = 0; c < pixel; c += 16) {
        const best = v128.load(y + c), gradient = v128.load(dy + c);
        const first = f32x4.eq(v128.load(x + c), best);
        const second = v128.andnot(f32x4.eq(v128.load(x + pixel + c), best), first);
        const above = v128.or(first, second);
        const third = v128.andnot(f32x4.eq(v128.load(x + row + c), best), above);
        const fourth = v128.andnot(f32x4.eq(v128.load(x + row + pixel + c), best), v128.or(above, third));
        v128.store(dx + c, v128.and(gradient, first));
        v128.store(dx + pixel + c, v128.and(gradient, second));
        v128.store(dx + row + c, v128.and(gradient, third));
        v128.store(dx + row + pixel + c, v128.and(gradient, fourth));
      }
      x += 2 * pixel;
      dx += 2 * pixel;
      y += pixel;
      dy += pixel;
    }
    x += row;
    dx += row;
  }
}

// Each window's gradient is shared by its pixels inside the image, as the mean was.
export function avgPoolGradient(
  dy: usize, dx: usize, batch: i32, height: i32, width: i32, channels: i32,
  outHeight: i32, outWidth: i32, filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32,
  padTop: i32, padLeft: i32,
): void {
  const pixel = channels << 2, vectors = (channels & ~3) << 2;
  for (let image = 0; image < batch; image++) {
    const origin = dx + image * height * width * pixel;
    for (let oy = 0; oy < outHeight; oy++) {
      const top = max(0, oy * strideHeight - padTop), bottom = min(height, oy * strideHeight - padTop + filterHeight);
      for (let ox = 0; ox < outWidth; ox++) {
        const left = max(0, ox * strideWidth - padLeft), right = min(width, ox * strideWidth - padLeft + filterWidth);
        const share = <f32>1 / <f32>((bottom - top) * (right - left));
        const shares = f32x4.splat(share);
        for (let iy = top; iy < bottom; iy++) {
          for (let ix = left; ix < right; ix++) {
            const at = origin + (iy * width + ix) * pixel;
            let c = 0;
            for (; c < vectors; c += 16) {
              v128.store(at + c, f32x4.add(v128.load(at + c), f32x4.mul(v128.load(dy + c), shares)));
            }
            for (; c < pixel; c += 4) store<f32>(at + c, load<f32>(at + c) + load<f32>(dy + c) * share);
          }
        }
        dy += pixel;
      }
    }
  }
}
