import type { JSX } from 'preact';
import { formatBytes } from '../../../format.ts';
import type { LiveRun } from './live-run.ts';
import { Fact, Facts } from './stage-panel.tsx';

/** What a run was made from: its definition as it was read, parameters, versions, machine, and the key of each stage. */
export function OriginsView({ live: { record } }: { readonly live: LiveRun }): JSX.Element {
  const { definition, facts, stages } = record;
  const { host, versions, git } = facts;
  return (
    <div class="halves">
      <section class="card stack" aria-labelledby="origins">
        <h2 id="origins">Where it comes from</h2>
        <Facts>
          <Fact name="definition">{definition.path ?? definition.file}</Fact>
          {definition.overrides.length === 0 ? null : (
            <Fact name="set for this run">{definition.overrides.join(' ')}</Fact>
          )}
          <Fact name="parameters">{listed(definition.params)}</Fact>
          <Fact name="backend">{definition.backend}</Fact>
          <Fact name="versions">{listed(versions)}</Fact>
          <Fact name="machine">
            {host.name}: {host.cores} × {host.cpu}, {formatBytes(host.memory)}, {host.platform} {host.arch}
          </Fact>
          {git === undefined ? null : (
            <Fact name="git">
              <span class="code">{git.commit}</span>
              {git.dirty ? ', with changes that are not committed' : ''}
            </Fact>
          )}
        </Facts>
        <h3>Keys</h3>
        <div class="scroll" style={{ maxHeight: '24rem' }} tabIndex={0} role="region" aria-label="keys of the stages">
          <table>
            <thead>
              <tr>
                <th scope="col">stage</th>
                <th scope="col">key</th>
                <th scope="col">of what it made</th>
              </tr>
            </thead>
            <tbody>
              {stages.slice(0, MOST_KEYS).map(({ id, key, artifact }) => (
                <tr key={id}>
                  <th scope="row">{id}</th>
                  <td class="code">{key?.slice(0, 16)}</td>
                  <td class="code">{artifact?.digest.slice(0, 16)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section class="card stack" aria-labelledby="definition">
        <h2 id="definition">The definition, as it was read</h2>
        <pre tabIndex={0} aria-labelledby="definition" style={{ maxHeight: '70vh' }}>
          {definition.text}
        </pre>
      </section>
    </div>
  );
}

const MOST_KEYS = 500;

function listed(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
