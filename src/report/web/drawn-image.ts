/**
 * A drawing as MNIST's digits were made: the ink fitted into 20 of 28 pixels, with its centre of mass in the middle (LeCun et al. 1998).
 * @returns [height, width], 0 to 255; undefined where nothing is drawn
 */
export function drawnImage(paper: HTMLCanvasElement, height: number, width: number): Uint8Array | undefined {
  const ink = grayOf(paper);
  const box = boundsOf(ink, paper.width);
  if (box === undefined) return undefined;
  const scale = ((20 / 28) * Math.min(height, width)) / Math.max(box.width, box.height);
  const { x, y } = centreOf(ink, paper.width);
  const small = Object.assign(document.createElement('canvas'), { width, height });
  const pen = small.getContext('2d');
  if (pen === null) return undefined;
  pen.imageSmoothingQuality = 'high';
  pen.fillStyle = 'black';
  pen.fillRect(0, 0, width, height);
  pen.drawImage(paper, width / 2 - x * scale, height / 2 - y * scale, paper.width * scale, paper.height * scale);
  return grayOf(small);
}

function grayOf(canvas: HTMLCanvasElement): Uint8Array {
  const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
  return Uint8Array.from({ length: data.length / 4 }, (_, pixel) => data[4 * pixel] ?? 0);
}

function boundsOf(ink: Uint8Array, columns: number): { readonly width: number; readonly height: number } | undefined {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  ink.forEach((value, pixel) => {
    if (value < 64) return;
    const [row, column] = [Math.floor(pixel / columns), pixel % columns];
    [left, right, top, bottom] = [
      Math.min(left, column),
      Math.max(right, column),
      Math.min(top, row),
      Math.max(bottom, row),
    ];
  });
  return right < left ? undefined : { width: right - left + 1, height: bottom - top + 1 };
}

function centreOf(ink: Uint8Array, columns: number): { readonly x: number; readonly y: number } {
  let [sum, x, y] = [0, 0, 0];
  ink.forEach((value, pixel) => {
    sum += value;
    x += value * ((pixel % columns) + 0.5);
    y += value * (Math.floor(pixel / columns) + 0.5);
  });
  return { x: x / sum, y: y / sum };
}
