import type { JSX } from 'preact';
import { formatBytes, formatCount, formatSeconds } from '../../../format.ts';
import type { RunPage } from '../../../page-data/run-page.ts';
import type { Provenance } from '../../../page-data/provenance.ts';
import { Scroll, Section } from '../section.tsx';

export function Origins({ provenance }: RunPage): JSX.Element {
  const { file, definition, results } = provenance;
  return (
    <Section
      id="origins"
      title="Where it comes from"
      reading="A stage’s key is the hash of all that determines its result: content, options, code, seed and environment. The digest is that of what it made."
    >
      <dl class="facts">
        {factsOf(provenance).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>Keys and results of {formatCount(results.length)} stages</summary>
        <Scroll label="keys and results">
          <table>
            <caption class="unseen">keys and results</caption>
            <thead>
              <tr>
                <th scope="col">stage</th>
                <th scope="col">result</th>
                <th scope="col">key</th>
                <th scope="col">digest</th>
                <th scope="col" class="number">
                  size
                </th>
                <th scope="col" class="number">
                  took
                </th>
              </tr>
            </thead>
            <tbody>
              {results.map(({ stage, status, key, digest, bytes, seconds }) => (
                <tr key={stage}>
                  <th scope="row">{stage}</th>
                  <td>{status}</td>
                  <td>
                    <code title={key}>{short(key)}</code>
                  </td>
                  <td>
                    <code title={digest}>{short(digest)}</code>
                  </td>
                  <td class="number">{bytes === undefined ? '' : formatBytes(bytes)}</td>
                  <td class="number">{seconds === undefined ? '' : formatSeconds(seconds)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </details>
      <details>
        <summary>{file}, as it was read</summary>
        <pre tabIndex={0}>{definition}</pre>
      </details>
    </Section>
  );
}

function factsOf({
  params,
  overrides,
  versions,
  host,
  git,
  backend,
  file,
}: Provenance): readonly (readonly [string, string])[] {
  const { cpu, cores, memory, platform, arch } = host;
  return [
    ['definition', file],
    ...(Object.keys(params).length === 0 ? [] : [['parameters', listed(params)] as const]),
    ...(overrides.length === 0 ? [] : [['set on the command line', overrides.join(', ')] as const]),
    ['backend', backend],
    ['versions', listed(versions)],
    ['machine', `${cores} × ${cpu}, ${formatBytes(memory)}, ${platform} ${arch}`],
    ...(git === undefined
      ? []
      : [['git', `${git.commit}${git.dirty ? ', with changes that are not committed' : ''}`] as const]),
  ];
}

function listed(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

function short(digest = ''): string {
  return digest.slice(0, 12);
}
