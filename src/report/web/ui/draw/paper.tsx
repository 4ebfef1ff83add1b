import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface PaperProps {
  /** Told after each stroke, and without a paper when it is empty again. */
  readonly drawn: (paper: HTMLCanvasElement | undefined) => void;
}

/** Something to draw on: with a mouse, a finger or a pen; or with the arrow keys, Shift held to put ink down. */
export function Paper({ drawn }: PaperProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pen = useRef<{ x: number; y: number }>({ x: SIZE / 2, y: SIZE / 5 });
  const mark = useRef<HTMLSpanElement>(null);
  const clear = (): void => {
    const ink = inkOf(canvas.current);
    if (ink === undefined) return;
    ink.fillStyle = 'black';
    ink.fillRect(0, 0, SIZE, SIZE);
    to(SIZE / 2, SIZE / 5, false);
  };
  const to = (x: number, y: number, down: boolean): void => {
    const ink = inkOf(canvas.current);
    if (ink === undefined) return;
    if (down) {
      ink.beginPath();
      ink.moveTo(pen.current.x, pen.current.y);
      ink.lineTo(x, y);
      ink.stroke();
    }
    pen.current = { x, y };
    if (mark.current !== null) {
      mark.current.style.left = `${(100 * x) / SIZE}%`;
      mark.current.style.top = `${(100 * y) / SIZE}%`;
    }
  };
  useEffect(clear, []);
  const at = (event: PointerEvent): readonly [number, number] => {
    const box = canvas.current?.getBoundingClientRect() ?? { left: 0, top: 0, width: 1, height: 1 };
    return [((event.clientX - box.left) * SIZE) / box.width, ((event.clientY - box.top) * SIZE) / box.height];
  };
  const tell = (): void => {
    if (canvas.current !== null) drawn(canvas.current);
  };
  return (
    <div class="stack">
      <div class="paper">
        <canvas
          ref={canvas}
          width={SIZE}
          height={SIZE}
          tabIndex={0}
          role="application"
          aria-label="paper: draw a digit with the pointer, or with the arrow keys while Shift is held"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            to(...at(event), false);
            to(...at(event), true);
          }}
          onPointerMove={(event) => {
            if (event.buttons !== 0) to(...at(event), true);
          }}
          onPointerUp={tell}
          onPointerCancel={tell}
          onKeyDown={(event) => {
            const step = KEYS[event.key];
            if (step === undefined) return;
            event.preventDefault();
            const [x, y] = [pen.current.x + step[0], pen.current.y + step[1]];
            to(Math.min(SIZE, Math.max(0, x)), Math.min(SIZE, Math.max(0, y)), event.shiftKey);
            if (event.shiftKey) tell();
          }}
        />
        <span ref={mark} class="pen" style={{ left: '50%', top: '20%' }} aria-hidden="true" />
      </div>
      <div class="row">
        <button
          type="button"
          class="button"
          onClick={() => {
            clear();
            drawn(undefined);
          }}
        >
          Clear
        </button>
        <span class="small soft">or with the arrow keys, Shift for ink</span>
      </div>
    </div>
  );
}

const SIZE = 280;
const STEP = 12;
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

function inkOf(canvas: HTMLCanvasElement | null): CanvasRenderingContext2D | undefined {
  const ink = canvas?.getContext('2d', { willReadFrequently: true }) ?? undefined;
  if (ink !== undefined)
    Object.assign(ink, { strokeStyle: 'white', lineWidth: SIZE / 14, lineCap: 'round', lineJoin: 'round' });
  return ink;
}
