import type { ComponentChildren, JSX } from 'preact';

interface SectionProps {
  readonly id: string;
  readonly title: string;
  /** How to read what it shows, in a sentence or two. */
  readonly reading?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Section({ id, title, reading, children }: SectionProps): JSX.Element {
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {reading === undefined ? null : <p class="reading">{reading}</p>}
      {children}
    </section>
  );
}

interface PanelProps {
  /** What it shows. */
  readonly title: string;
  readonly children: ComponentChildren;
}

export function Panel({ title, children }: PanelProps): JSX.Element {
  return (
    <div class="panel">
      <h3>{title}</h3>
      {children}
    </div>
  );
}

interface ScrollProps {
  readonly label: string;
  readonly children: ComponentChildren;
}

/** What may be wider than the screen; the keyboard reaches it, so that it can be scrolled. */
export function Scroll({ label, children }: ScrollProps): JSX.Element {
  return (
    <div class="scroll" role="group" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly options: readonly string[];
  readonly chosen: string;
  readonly onChoose: (option: string) => void;
}

/** One of a few; nothing where there is only one. */
export function Choice({ label, options, chosen, onChoose }: ChoiceProps): JSX.Element | null {
  if (options.length < 2) return null;
  return (
    <label class="choice">
      {label}
      <select
        value={chosen}
        onChange={(event) => {
          onChoose(event.currentTarget.value);
        }}
      >
        {options.map((option) => (
          <option key={option}>{option}</option>
        ))}
      </select>
    </label>
  );
}
