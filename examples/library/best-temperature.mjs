// Runs a pipeline at several temperatures and tells which student was best on validation:
//   node best-temperature.mjs pipelines/digits.yaml 1 2 4 8
import process from 'node:process';
import { renderProblem, runPipeline } from 'distill-pipeline';

const [file, ...temperatures] = process.argv.slice(2);
if (file === undefined || temperatures.length === 0) {
  console.error('usage: node best-temperature.mjs FILE TEMPERATURE…');
  process.exit(2);
}

// Ctrl-C cancels the run that is under way: what is done stays in the store.
const over = new AbortController();
process.once('SIGINT', () => over.abort(new Error('Ctrl-C')));

const found = [];
for (const temperature of temperatures) {
  const finished = await runPipeline(file, {
    set: [`temperature=${temperature}`],
    signal: over.signal,
    onEvent(event) {
      if (event.type === 'stage-started') console.error(`temperature ${temperature}: ${event.stage}`);
    },
  });
  if (!finished.ok) {
    for (const problem of finished.error) console.error(renderProblem(problem, { color: false }));
    process.exit(2);
  }
  const { status, record } = finished.value;
  if (status === 'failed' || status === 'cancelled') {
    for (const { problem } of record.stages) if (problem !== undefined) console.error(problem.message);
    process.exit(1);
  }
  const evaluation = record.stages.find(({ type }) => type === 'evaluate');
  const ran = record.stages.filter((stage) => stage.status === 'ran').length;
  found.push({ temperature, ran, validation: evaluation?.metrics?.student?.validation?.accuracy });
}

// Chosen on validation alone: the test is for the one that was chosen, once.
const best = found.reduce((a, b) => (b.validation > a.validation ? b : a));
console.table(found);
console.log(`best on validation: temperature ${best.temperature}`);
