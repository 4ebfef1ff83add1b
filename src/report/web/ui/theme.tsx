import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];
const KEPT_AS = 'pipeline-theme';

/** Colours as the system has them, or light, or dark; kept in this browser. */
export function ThemeSwitch(): JSX.Element {
  const [theme, setTheme] = useState(keptTheme);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    localStorage.setItem(KEPT_AS, theme);
  }, [theme]);
  return (
    <label class="field">
      <span class="unseen">colours</span>
      <select
        value={theme}
        onChange={(event) => {
          setTheme(themeOf(event.currentTarget.value));
        }}
      >
        {themes.map((each) => (
          <option key={each} value={each}>
            {each === 'system' ? 'as the system' : each}
          </option>
        ))}
      </select>
    </label>
  );
}

function keptTheme(): Theme {
  return themeOf(localStorage.getItem(KEPT_AS));
}

function themeOf(name: string | null): Theme {
  return themes.find((theme) => theme === name) ?? 'system';
}
