import { Component, type JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { useWidth } from '../use-width.ts';
import { type DagBox, type DagLayout, type DagSizes, layOut } from './layout.ts';
import type { DagStage } from './stage.ts';

interface DagProps {
  /** In topological order. */
  readonly stages: readonly DagStage[];
  readonly chosen?: string | undefined;
  readonly onChoose: (id: string) => void;
  /** `fit`: so small that all of its width is seen at once; else no smaller than can be read. */
  readonly zoom?: 'fit' | 'readable';
}

/** The DAG of a run or a plan: one stop of the tab key, arrow keys to go from stage to stage, Enter to choose one. */
export function Dag({ stages, chosen, onChoose, zoom = 'readable' }: DagProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const sizes = width < 640 ? down : across;
  const shape = stages.map(({ id, needs }) => `${id} ${needs.join(' ')}`).join('\n');
  // The statuses of a run under way change many times a second, its shape never.
  const layout = useMemo(() => layOut(stages, sizes), [shape, sizes]);
  const places = useMemo(() => new Map(layout.boxes.map((box) => [box.id, box])), [layout]);
  const scale = Math.min(1, Math.max(zoom === 'fit' ? 0.05 : 0.7, (width - 2) / layout.width));
  const stop = chosen !== undefined && places.has(chosen) ? chosen : stages[0]?.id;
  const chooser = useRef(onChoose);
  chooser.current = onChoose;
  useEffect(() => {
    if (chosen === undefined) return;
    const box = frame.current?.querySelector(`[data-stage="${CSS.escape(chosen)}"]`);
    if (frame.current?.contains(document.activeElement) !== true)
      box?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [chosen, layout]);
  return (
    <div
      class="dag"
      ref={frame}
      role="group"
      aria-label="stages; arrow keys go from one to the next"
      onKeyDown={(event) => {
        move(event, layout, sizes);
      }}
    >
      <div class="dag-area" style={{ width: `${layout.width * scale}px`, height: `${layout.height * scale}px` }}>
        <div
          style={{
            transform: `scale(${scale})`,
            transformOrigin: '0 0',
            width: `${layout.width}px`,
            height: `${layout.height}px`,
          }}
        >
          <svg width={layout.width} height={layout.height} aria-hidden="true">
            <Lines layout={layout} chosen={chosen} />
          </svg>
          {stages.map((stage) => (
            <Box
              key={stage.id}
              {...stage}
              place={places.get(stage.id)}
              sizes={sizes}
              chosen={stage.id === chosen}
              stop={stage.id === stop}
              chooser={chooser}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

const across: DagSizes = { box: { width: 208, height: 48 }, gap: { layers: 32, boxes: 14 }, direction: 'across' };
const down: DagSizes = { box: { width: 168, height: 48 }, gap: { layers: 34, boxes: 14 }, direction: 'down' };

interface LinesProps {
  readonly layout: DagLayout;
  readonly chosen: string | undefined;
}

class Lines extends Component<LinesProps> {
  override shouldComponentUpdate(next: LinesProps): boolean {
    return next.layout !== this.props.layout || next.chosen !== this.props.chosen;
  }

  override render({ layout, chosen }: LinesProps): JSX.Element {
    // What is not chosen is one element, however many lines it is.
    const own = layout.lines.filter(({ from, to }) => from === chosen || to === chosen);
    const others = layout.lines.filter((line) => !own.includes(line));
    return (
      <g>
        <path class="dag-line" d={others.map(({ path }) => path).join('')} />
        {own.map(({ from, to, path }) => (
          <path key={`${from} ${to}`} class="dag-line of-chosen" d={path} />
        ))}
      </g>
    );
  }
}

interface BoxProps extends DagStage {
  readonly place: DagBox | undefined;
  readonly sizes: DagSizes;
  readonly chosen: boolean;
  readonly stop: boolean;
  readonly chooser: { readonly current: (id: string) => void };
}

class Box extends Component<BoxProps> {
  /** Needs are a new list with each event; they say nothing that a box shows. */
  override shouldComponentUpdate(next: BoxProps): boolean {
    const names = new Set([...Object.keys(next), ...Object.keys(this.props)]) as Set<keyof BoxProps>;
    names.delete('needs');
    return [...names].some((name) => next[name] !== this.props[name]);
  }

  override render({
    id,
    title,
    sign,
    tone,
    more,
    label,
    done,
    count,
    place,
    sizes,
    chosen,
    stop,
    chooser,
  }: BoxProps): JSX.Element {
    return (
      <button
        type="button"
        class={`dag-box tone-${tone}`}
        data-stage={id}
        aria-pressed={chosen}
        title={title}
        tabIndex={stop ? 0 : -1}
        style={{
          left: `${place?.x ?? 0}px`,
          top: `${place?.y ?? 0}px`,
          width: `${sizes.box.width}px`,
          height: `${sizes.box.height}px`,
        }}
        onClick={() => {
          chooser.current(id);
        }}
      >
        <span class="dag-words">{label}</span>
        <span class="dag-sign" aria-hidden="true">
          {sign}
        </span>
        <span style={{ minWidth: 0 }} aria-hidden="true">
          <span class="dag-title">{title}</span>
          <span class="dag-more">{more}</span>
        </span>
        {count === undefined ? (
          <span />
        ) : (
          <span class="dag-count" aria-hidden="true">
            ×{count}
          </span>
        )}
        {done === undefined ? null : <span class="dag-done" style={{ width: `${100 * done}%` }} />}
      </button>
    );
  }
}

/** Left and right, or up and down in a narrow drawing, go along the lines; the two others go within a layer. */
function move(event: KeyboardEvent, { boxes, lines }: DagLayout, { direction }: DagSizes): void {
  const focused = event.target instanceof HTMLElement ? event.target.dataset['stage'] : undefined;
  const own = boxes.find(({ id }) => id === focused);
  const step = (direction === 'across' ? STEPS : TURNED)[event.key];
  if (own === undefined || step === undefined) return;
  event.preventDefault();
  const beside = (by: number): string | undefined =>
    boxes.find(({ layer, place }) => layer === own.layer && place === own.place + by)?.id;
  const next = {
    back: lines.find(({ to }) => to === own.id)?.from,
    on: lines.find(({ from }) => from === own.id)?.to,
    before: beside(-1),
    after: beside(1),
  }[step];
  if (next === undefined || !(event.currentTarget instanceof HTMLElement)) return;
  event.currentTarget.querySelector<HTMLElement>(`[data-stage="${CSS.escape(next)}"]`)?.focus();
}

type Step = 'back' | 'on' | 'before' | 'after';

const STEPS: Readonly<Record<string, Step>> = {
  ArrowLeft: 'back',
  ArrowRight: 'on',
  ArrowUp: 'before',
  ArrowDown: 'after',
};
const TURNED: Readonly<Record<string, Step>> = {
  ArrowUp: 'back',
  ArrowDown: 'on',
  ArrowLeft: 'before',
  ArrowRight: 'after',
};
