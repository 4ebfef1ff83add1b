// The gradients of a depthwise convolution: each channel has `multiplier` filters of its own, and output channel
// c · multiplier + m is the m-th of channel c.
//
// x and dx: [batch, height, width, channels]; dy: [batch, outHeight, outWidth, channels · multiplier]; filter and its
// gradient: [filterHeight, filterWidth, channels, multiplier]. What is added to is filled with zeros by the caller.

export function depthwiseFilterGradient(
  x: usize, batch: i32, height: i32, width: i32, channels: i32,
  dy: usize, outHeight: i32, outWidth: i32, multiplier: i32, filterHeight: i32, filterWidth: i32,
  strideHeight: i32, strideWidth: i32, padTop: i32, padLeft: i32, gradient: usize,
): void {
  const pixel = channels << 2, outPixel = pixel * multiplier;
  const vectors = multiplier == 1 ? (channels & ~3) << 2 : 0;
  for (let image = 0; image < batch; image++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        for (let fy = 0; fy < filterHeight; fy++) {
          const iy = oy * strideHeight - padTop + fy;
          if (iy < 0 || iy >= height) continue;
          for (let fx = 0; fx < filterWidth; fx++) {
            const ix = ox * strideWidth - padLeft + fx;
            if (ix < 0 || ix >= width) continue;
            const from = x + (iy * width + ix) * pixel, to = gradient + (fy * filterWidth + fx) * outPixel;
            let c = 0;
            for (; c < vectors; c += 16) {
              const product = f32x4.mul(v128.load(from + c), v128.load(dy + c));
              v128.store(to + c, f32x4.add(v128.load(to + c), product));
            }
            let o = c * multiplier;
            for (; c < pixel; c += 4) {
              const value = load<f32>(from + c);
              for (let m = 0; m < multiplier; m++) {
                store<f32>(to + o, load<f32>(to + o) + value * load<f32>(dy + o));
                o += 4;
              }
            }
          }
        }
        dy += outPixel;
      }
    }
    x += height * width * pixel;
  }
}

export function depthwiseInputGradient(
  dx: usize, batch: i32, height: i32, width: i32, channels: i32,
  dy: usize, outHeight: i32, outWidth: i32, multiplier: i32, filterHeight: i32, filterWidth: i32,
  strideHeight: i32, strideWidth: i32, padTop: i32, padLeft: i32, filter: usize,
): void {
  const pixel = channels << 2, outPixel = pixel * multiplier;
  const vectors = multiplier == 1 ? (channels & ~3) << 2 : 0;
  for (let image = 0; image < batch; image++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        for (let fy = 0; fy < filterHeight; fy++) {
          const iy = oy * strideHeight - padTop + fy;
          if (iy < 0 || iy >= height) continue;
          for (let fx = 0; fx < filterWidth; fx++) {
            const ix = ox * strideWidth - padLeft + fx;
            if (ix < 0 || ix >= width) continue;
            const to = dx + (iy * width + ix) * pixel, taps = filter + (fy * filterWidth + fx) * outPixel;
            let c = 0;
            for (; c < vectors; c += 16) {
              const product = f32x4.mul(v128.load(taps + c), v128.load(dy + c));
              v128.store(to + c, f32x4.add(v128.load(to + c), product));
            }
            let o = c * multiplier;
            for (; c < pixel; c += 4) {
              let sum = load<f32>(to + c);
              for (let m = 0; m < multiplier; m++) {
                sum += load<f32>(taps + o) * load<f32>(dy + o);
                o += 4;
              }
              store<f32>(to + c, sum);
            }
          }
        }
        dy += outPixel;
      }
    }
    dx += height * width * pixel;
  }
}
