import type { JSX } from 'preact';

interface TemperatureProps {
  readonly temperature: number;
  readonly change: (temperature: number) => void;
}

/** A slider from 1 to 32, of which each step is the same factor. */
export function Temperature({ temperature, change }: TemperatureProps): JSX.Element {
  return (
    <label class="field">
      temperature
      <input
        type="range"
        min={0}
        max={STEPS}
        step={1}
        value={Math.round((Math.log2(temperature) / Math.log2(HIGHEST)) * STEPS)}
        aria-valuetext={String(temperature)}
        onInput={(event) => {
          change(rounded(HIGHEST ** (Number(event.currentTarget.value) / STEPS)));
        }}
      />
      <output class="numbers" style={{ minWidth: '2.2em' }}>
        {temperature}
      </output>
    </label>
  );
}

const HIGHEST = 32;
const STEPS = 40;

function rounded(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
}
