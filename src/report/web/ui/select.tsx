import type { JSX } from 'preact';

interface SelectProps {
  readonly name: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly words: string }[];
  readonly change: (value: string) => void;
}

/** A choice with its name. */
export function Select({ name, value, options, change }: SelectProps): JSX.Element {
  return (
    <label class="field">
      {name}
      <select
        value={value}
        onChange={(event) => {
          change(event.currentTarget.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.words}
          </option>
        ))}
      </select>
    </label>
  );
}
