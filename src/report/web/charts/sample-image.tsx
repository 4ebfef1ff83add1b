import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface SampleImageProps {
  /** Bytes, row-major, in base64. */
  readonly pixels: string;
  /** [height, width, channels] */
  readonly shape: readonly number[];
  /** For who does not see it; empty where that is told beside it. */
  readonly label: string;
  /** CSS pixels of its longer side. */
  readonly size: number;
}

/** An image of a data set as it is, pixel by pixel. */
export function SampleImage({ pixels, shape, label, size }: SampleImageProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [height = 1, width = 1, channels = 1] = shape;
  useEffect(() => {
    const drawing = canvas.current?.getContext('2d');
    const bytes = Uint8Array.from(atob(pixels), (letter) => letter.charCodeAt(0));
    drawing?.putImageData(new ImageData(coloured(bytes, channels), width, height), 0, 0);
  }, [pixels, width, height, channels]);
  const scale = size / Math.max(width, height);
  return (
    <canvas
      class="sample"
      ref={canvas}
      width={width}
      height={height}
      {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
      style={{ width: `${width * scale}px`, height: `${height * scale}px` }}
    />
  );
}

/** Red, green, blue and opacity, from one channel or three. */
function coloured(bytes: Uint8Array, channels: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = Math.floor(bytes.length / channels);
  const colours = new Uint8ClampedArray(4 * pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let colour = 0; colour < 3; colour++) {
      colours[4 * pixel + colour] = bytes[pixel * channels + Math.min(colour, channels - 1)] ?? 0;
    }
    colours[4 * pixel + 3] = 255;
  }
  return colours;
}
