import { plot, type PlotOptions } from '@observablehq/plot';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useWidth } from './use-width.ts';

interface PlotFigureProps {
  /** What a screen reader says of it. */
  readonly label: string;
  /** @param width of what it is drawn into */
  readonly options: (width: number) => PlotOptions;
  /** What the options are made of: it is drawn anew where one of them changes. */
  readonly of: readonly unknown[];
}

/** A chart by Observable Plot, as wide as there is room. */
export function PlotFigure({ label, options, of }: PlotFigureProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  useEffect(() => {
    if (width === 0) return;
    const drawn = plot({ className: 'plot', style: {}, ...options(width), width });
    // Its rules stand in charts.css: pages allow no styles within.
    for (const style of drawn.querySelectorAll('style')) style.remove();
    // The label says what it shows; Plot's own names of marks say nothing.
    drawn.setAttribute('aria-hidden', 'true');
    place.current?.replaceChildren(drawn);
  }, [width, ...of]);
  return <div class="chart" ref={place} role="img" aria-label={label} />;
}
