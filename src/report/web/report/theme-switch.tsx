import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

const themes = { system: 'as the system', light: 'light', dark: 'dark' } as const;

/** Nothing keeps it: a file has no place of its own in a browser. */
export function ThemeSwitch(): JSX.Element {
  const [theme, setTheme] = useState<string>('system');
  return (
    <label class="choice">
      colours
      <select
        value={theme}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setTheme(value);
          if (value === 'system') delete document.documentElement.dataset['theme'];
          else document.documentElement.dataset['theme'] = value;
        }}
      >
        {Object.entries(themes).map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
