import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { counted, formatSeconds } from '../../../format.ts';
import type { GraphNode } from '../../../page-data/graph.ts';
import type { RunPage } from '../../../page-data/run-page.ts';
import { Dag } from '../../charts/dag/dag.tsx';
import type { DagStage } from '../../charts/dag/stage.ts';
import { Scroll, Section } from '../section.tsx';
import { stageSigns } from '../../ui/signs.ts';

export function Stages(run: RunPage): JSX.Element | null {
  return run.graph.length === 0 ? null : <Drawing {...run} />;
}

function Drawing({ graph, provenance: { results } }: RunPage): JSX.Element {
  const [chosen, choose] = useState<string>();
  const stages = graph.filter(({ id }) => chosen === undefined || id === chosen);
  const because = new Map(results.map((result) => [result.stage, result.because]));
  return (
    <Section
      id="stages"
      title="What ran"
      reading={`${sentence(graph)} A solid box ran in this run, a dashed one was taken from the store. Choose a box to see it alone in the table.`}
    >
      <Dag
        stages={graph.map(boxOf)}
        chosen={chosen}
        zoom="fit"
        onChoose={(id) => {
          choose(id === chosen ? undefined : id);
        }}
      />
      <Scroll label="stages">
        <table class="stages">
          <caption class="unseen">stages</caption>
          <thead>
            <tr>
              <th scope="col">stage</th>
              <th scope="col">result</th>
              <th scope="col" class="number">
                time
              </th>
              <th scope="col">what it told</th>
            </tr>
          </thead>
          <tbody>
            {stages.map((node) => (
              <tr key={node.id}>
                <th scope="row">
                  {node.id}
                  {node.id === node.type ? null : <span class="soft"> ({node.type})</span>}
                </th>
                <td>
                  <span class={`tone-${stageSigns[node.status].tone} sign`}>{stageSigns[node.status].sign}</span>{' '}
                  {countsText(node)}
                </td>
                <td class="number">{timeText(node)}</td>
                <td>{node.headline === '' ? <span class="soft">{because.get(node.id) ?? ''}</span> : node.headline}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Section>
  );
}

function boxOf(node: GraphNode): DagStage {
  const { id, needs, counts } = node;
  const { sign, tone, word } = stageSigns[node.status];
  const count = Object.values(counts).reduce((sum, each) => sum + each, 0);
  return {
    ...{ id, needs, title: id, sign, tone, more: timeText(node), label: `${id}: ${word}, ${timeText(node)}` },
    ...(count > 1 ? { count } : {}),
  };
}

function timeText({ seconds, secondsSaved }: GraphNode): string {
  const ran = seconds > 0 ? formatSeconds(seconds) : '';
  const saved = secondsSaved > 0 ? `saved ${formatSeconds(secondsSaved)}` : '';
  return [ran, saved].filter((text) => text !== '').join(', ');
}

function countsText({ counts, status }: GraphNode): string {
  const entries = Object.entries(counts) as [GraphNode['status'], number][];
  if (entries.length === 1 && entries[0]?.[1] === 1) return stageSigns[status].word;
  return entries.map(([each, count]) => `${count} ${stageSigns[each].word}`).join(', ');
}

function sentence(graph: readonly GraphNode[]): string {
  const total = (of: (node: GraphNode) => number): number => graph.reduce((sum, node) => sum + of(node), 0);
  const ran = total(({ counts }) => counts.ran ?? 0);
  const reused = total(({ counts }) => counts.reused ?? 0);
  const parts = [
    `${counted(ran, 'stage')} ran${ran === 0 ? '' : ` in ${formatSeconds(total(({ seconds }) => seconds))}`}`,
  ];
  if (reused > 0)
    parts.push(
      `${reused} ${reused === 1 ? 'was' : 'were'} reused, which saved ${formatSeconds(total(({ secondsSaved }) => secondsSaved))}`,
    );
  return `${parts.join(', ')}.`;
}
