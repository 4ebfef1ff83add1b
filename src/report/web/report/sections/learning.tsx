import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RunPage } from '../../../page-data/run-page.ts';
import { EpochLines, Legend, legendOf, linesByRole } from '../../charts/epoch-lines.tsx';
import { Choice, Panel, Section } from '../section.tsx';

export function Learning({ curves }: RunPage): JSX.Element | null {
  return curves.length === 0 ? null : <Curves curves={curves} />;
}

function Curves({ curves }: Pick<RunPage, 'curves'>): JSX.Element {
  const figures = figuresIn(curves);
  const [figure, choose] = useState(figures[0] ?? 'loss');
  const lines = linesByRole(curves);
  const second = figure === 'validationAccuracy' && figures.includes('validationLoss') ? 'validationLoss' : undefined;
  return (
    <Section
      id="learning"
      title="How they learned"
      reading="Each line is a training, epoch by epoch. Losses of teacher, student and baseline on training images are not of one kind: a student’s has its teacher in it. On validation all are measured alike."
    >
      <div class="row">
        <Legend lines={legendOf(lines)} />
        <Choice
          label="show"
          options={figures.map(spoken)}
          chosen={spoken(figure)}
          onChoose={(words) => {
            choose(figures.find((each) => spoken(each) === words) ?? figure);
          }}
        />
      </div>
      <div class="pair">
        <Panel title={`${capital(spoken(figure))} after each epoch`}>
          <EpochLines lines={lines} figure={figure} />
        </Panel>
        {second === undefined ? null : (
          <Panel title={`${capital(spoken(second))} after each epoch`}>
            <EpochLines lines={lines} figure={second} />
          </Panel>
        )}
      </div>
    </Section>
  );
}

const first = ['validationAccuracy', 'validationLoss', 'accuracy', 'loss'];

function figuresIn(curves: RunPage['curves']): readonly string[] {
  const all = new Set(curves.flatMap(({ epochs }) => epochs.flatMap((figures) => Object.keys(figures))));
  all.delete('epoch');
  const others = [...all].filter((name) => !first.includes(name));
  return [...first.filter((name) => all.has(name)), ...others.sort()];
}

const words: Readonly<Record<string, string>> = {
  validationAccuracy: 'validation accuracy',
  validationLoss: 'validation loss',
  accuracy: 'training accuracy',
  loss: 'training loss',
  learningRate: 'learning rate',
};

function spoken(figure: string): string {
  return words[figure] ?? figure;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
