import type { JSX } from 'preact';
import { linkTo } from './address.ts';
import { useAddress } from './use-address.ts';
import { ComparePage } from './compare/compare-page.tsx';
import { Title } from './pieces.tsx';
import { PipelinesPage } from './pipelines/pipelines-page.tsx';
import { RunPage } from './run/run-page.tsx';
import { RunsPage } from './runs/runs-page.tsx';
import { ThemeSwitch } from './theme.tsx';

/** The frame of the page, and in it the view that the address names. */
export function App(): JSX.Element {
  const { path } = useAddress();
  const [place = ''] = path;
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.querySelector('h1')?.focus();
        }}
      >
        To the content
      </a>
      <header class="top">
        <div>
          <a class="name" href={linkTo([])}>
            <Mark />
            pipeline
          </a>
          <nav aria-label="the page">
            {places.map(({ name, paths }) => (
              <a
                key={name}
                href={linkTo(paths[0] === '' ? [] : paths.slice(0, 1))}
                {...(paths.includes(place) ? { 'aria-current': 'page' as const } : {})}
              >
                {name}
              </a>
            ))}
          </nav>
          <ThemeSwitch />
        </div>
      </header>
      <main id="main">
        <View path={path} />
      </main>
    </>
  );
}

const places = [
  { name: 'Runs', paths: ['', 'runs'] },
  { name: 'Compare', paths: ['compare'] },
  { name: 'Plan and start', paths: ['pipelines'] },
];

function View({ path: [place = '', ...rest] }: { readonly path: readonly string[] }): JSX.Element {
  const [id, view = ''] = rest;
  if (place === '' || (place === 'runs' && id === undefined)) return <RunsPage />;
  if (place === 'runs' && id !== undefined) return <RunPage key={id} id={id} view={view} />;
  if (place === 'compare') return <ComparePage />;
  if (place === 'pipelines') return <PipelinesPage />;
  return (
    <>
      <Title name="There is nothing here" />
      <p>
        The address names no view of this page. <a href={linkTo([])}>To the runs</a>
      </p>
    </>
  );
}

/** A teacher and a student. */
function Mark(): JSX.Element {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      <path d="M8 8 L17 16" stroke="var(--soft)" stroke-width="2" />
      <circle cx="7.5" cy="7.5" r="6" fill="var(--teacher)" />
      <circle cx="17.5" cy="16.5" r="4" fill="var(--student)" />
    </svg>
  );
}
