/** Small pieces that several views are made of. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { RunSummary, StageRunStatus } from '../../../records/run-record.ts';
import { type Sign, stageSigns } from './signs.ts';

/** The head of a view. It takes the focus when a person goes there, so that a screen reader says where they are. */
export function Title({
  name,
  children,
}: {
  readonly name: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${name} · pipeline`;
    if (document.activeElement === document.body || document.activeElement?.tagName === 'A') {
      head.current?.focus({ preventScroll: true });
    }
  }, [name]);
  return (
    <h1 ref={head} tabIndex={-1}>
      {children ?? name}
    </h1>
  );
}

export function Chip({ sign: { sign, tone, word } }: { readonly sign: Sign }): JSX.Element {
  return (
    <span class={`chip tone-${tone}`}>
      <span class="sign" aria-hidden="true">
        {sign}
      </span>
      {word}
    </span>
  );
}

export function Notice({
  tone,
  children,
}: {
  readonly tone: Sign['tone'];
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={`notice tone-${tone}`} role={tone === 'bad' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}

/** How many stages came to what: a bar, and the same in words. */
export function StageBar({ counts }: { readonly counts: RunSummary['counts'] }): JSX.Element {
  const told = BAR_ORDER.filter((status) => counts[status] > 0);
  const words = told.map((status) => `${counts[status]} ${stageSigns[status].word}`).join(', ');
  return (
    <span title={words}>
      <span class="bar" aria-hidden="true">
        {told.map((status) => (
          <span key={status} class={`tone-${stageSigns[status].tone}`} style={{ flex: counts[status] }} />
        ))}
      </span>
      <span class="small soft">{words === '' ? 'no stages' : words}</span>
    </span>
  );
}

const BAR_ORDER: readonly StageRunStatus[] = ['ran', 'reused', 'running', 'failed', 'cancelled', 'skipped', 'pending'];

/** `24 Nov 2026, 16:27`, as the browser's language has it. */
export function When({ time }: { readonly time: string }): JSX.Element {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return <span />;
  return (
    <time dateTime={time} title={date.toLocaleString()}>
      {date.toLocaleString(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })}
    </time>
  );
}

/** Milliseconds since 1970, every second while something goes on. */
export function useNow(ticking: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!ticking) return undefined;
    const timer = setInterval(() => {
      setNow(Date.now());
    }, 1000);
    return () => {
      clearInterval(timer);
    };
  }, [ticking]);
  return now;
}

/** A number of links of which one is where the person is. */
export function Tabs({
  label,
  tabs,
}: {
  readonly label: string;
  readonly tabs: readonly { readonly name: string; readonly link: string; readonly here: boolean }[];
}): JSX.Element {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ name, link, here }) => (
        <a key={name} href={link} {...(here ? { 'aria-current': 'page' as const } : {})}>
          {name}
        </a>
      ))}
    </nav>
  );
}
