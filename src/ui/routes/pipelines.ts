import { basename } from 'node:path';
import type { Context, Hono } from 'hono';
import { packageVersion } from '../../api/package-version.ts';
import { planPipeline } from '../../api/plan.ts';
import { explainStages } from '../../api/why.ts';
import { failure, success, type Result } from '../../base/result.ts';
import type { ProjectSettings } from '../../core/pipeline-spec.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import { inTurn } from '../in-turn.ts';
import type { PipelineFiles } from '../pipeline-files.ts';
import type { ProjectAnswer, Refusal, StartAnswer } from '../protocol.ts';
import { parseQuestion, type Question } from '../question.ts';
import { refusalOf } from '../refusal.ts';
import { startRun } from '../start-run.ts';

/** The project's pipelines: what would run and why, and to run it. */
export function addPipelines(
  app: Hono,
  { files, project }: { readonly files: PipelineFiles; readonly project: ProjectSettings },
): void {
  const cwd = project.folder;
  const turn = inTurn(20);

  app.get('/api/project', async (context) => {
    const pipelines = await turn(context.req.raw.signal, () => files.list());
    if (!pipelines.ok) return context.json(pipelines.error, 503);
    return context.json<ProjectAnswer>({ version: packageVersion(), name: basename(cwd), pipelines: pipelines.value });
  });

  app.post('/api/plan', async (context) => {
    const question = await questionIn(context, files);
    if (!question.ok) return context.json(question.error, 400);
    const { file, set, stages } = question.value;
    const plan = await turn(context.req.raw.signal, () => planPipeline(file, { cwd, set, targets: stages }));
    return answer(context, plan);
  });

  app.post('/api/why', async (context) => {
    const question = await questionIn(context, files);
    if (!question.ok) return context.json(question.error, 400);
    const { file, set, stage } = question.value;
    return answer(context, await turn(context.req.raw.signal, () => explainStages(stage, { file, cwd, set })));
  });

  app.post('/api/runs', async (context) => {
    const question = await questionIn(context, files);
    if (!question.ok) return context.json(question.error, 400);
    const started = await startRun(question.value, cwd);
    return started.ok ? context.json<StartAnswer>({ run: started.value }, 201) : context.json(started.error, 422);
  });
}

function answer<T extends object>(context: Context, asked: Result<Result<T, readonly Problem[]>, Refusal>): Response {
  if (!asked.ok) return context.json(asked.error, 503);
  return asked.value.ok ? context.json(asked.value.value) : context.json(refusalOf(asked.value.error), 422);
}

async function questionIn(context: Context, files: PipelineFiles): Promise<Result<Question, Refusal>> {
  const question = parseQuestion(await context.req.text());
  if (!question.ok) return question;
  const file = files.find(question.value.file);
  if (file !== undefined) return success({ ...question.value, file });
  return failure({ message: `${JSON.stringify(question.value.file)} is no YAML file of this project` });
}
