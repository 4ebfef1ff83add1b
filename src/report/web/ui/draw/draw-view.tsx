import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Refusal } from '../../../../ui/protocol.ts';
import { trainedRoles } from '../../../page-data/curves.ts';
import { rankOf, type Role } from '../../../page-data/roles.ts';
import { chosenClass, softened } from '../../../page-data/softened.ts';
import { ClassBars } from '../../charts/class-bars.tsx';
import { roleLooks } from '../../charts/role-looks.ts';
import { Temperature } from '../../charts/temperature.tsx';
import { drawnImage } from '../../drawn-image.ts';
import { Refused, Waiting } from '../answered.tsx';
import { refusalOf, server } from '../server.ts';
import type { LiveRun } from '../run/live-run.ts';
import type { PageModel } from './model.ts';
import { Paper } from './paper.tsx';

/** A person draws, and the models of the run answer, computed in this browser. */
export function DrawView({ live: { record } }: { readonly live: LiveRun }): JSX.Element {
  const trained = record.stages.filter(({ artifact }) => artifact?.kind === 'model').map(({ id }) => id);
  const known = trained.join();
  const roles = useMemo(() => trainedRoles(record.stages, () => undefined), [known]);
  const [picked, setPicked] = useState<readonly string[]>();
  const ofEachRole = useMemo(() => firstOfEachRole(trained, roles), [known]);
  if (trained.length === 0) {
    return (
      <p class="card soft">
        A model is needed for an answer; this run has none{record.status === 'running' ? ' yet' : ''}.
      </p>
    );
  }
  const chosen = picked ?? ofEachRole;
  return (
    <div class="stack">
      {trained.length <= ofEachRole.length ? null : (
        <details>
          <summary>
            Models: {chosen.length} of {trained.length}
          </summary>
          <div class="row">
            {trained.map((id) => (
              <label key={id} class="check small">
                <input
                  type="checkbox"
                  checked={chosen.includes(id)}
                  onChange={() => {
                    setPicked(chosen.includes(id) ? chosen.filter((each) => each !== id) : [...chosen, id]);
                  }}
                />
                {id}
              </label>
            ))}
          </div>
        </details>
      )}
      <Drawing run={record.id} models={chosen.map((id) => ({ id, role: roles.get(id) ?? 'other' }))} />
    </div>
  );
}

function firstOfEachRole(trained: readonly string[], roles: ReadonlyMap<string, Role>): readonly string[] {
  const sorted = [...trained].sort((a, b) => rankOf(roles.get(a) ?? 'other') - rankOf(roles.get(b) ?? 'other'));
  const told = new Set<Role>();
  return sorted.filter((id) => {
    const role = roles.get(id) ?? 'other';
    if (told.has(role)) return false;
    told.add(role);
    return true;
  });
}

interface DrawnModel {
  readonly id: string;
  readonly role: Role;
}

interface LoadedModel extends DrawnModel {
  readonly shape: readonly number[];
  readonly model: PageModel;
}

function Drawing({ run, models }: { readonly run: string; readonly models: readonly DrawnModel[] }): JSX.Element {
  const { loaded, refusal } = useModels(run, models);
  const [pixels, setPixels] = useState<Uint8Array>();
  const [temperature, setTemperature] = useState(1);
  const said = useMemo(() => {
    if (pixels === undefined) return [];
    return loaded.map(({ id, role, shape, model }) => ({
      name: id,
      role,
      logits: model.logits(withChannels(pixels, shape)),
    }));
  }, [pixels, loaded]);
  const [height = 28, width = 28] = loaded[0]?.shape ?? [];
  return (
    <div class="drawing">
      {refusal === undefined ? null : <Refused refusal={refusal} />}
      <section class="card stack" aria-label="drawing">
        <Paper
          drawn={(paper) => {
            setPixels(paper === undefined ? undefined : drawnImage(paper, height, width));
          }}
        />
        <div class="row">
          <Seen pixels={pixels} height={height} width={width} />
          <p class="small soft">What the models see: the ink fitted and centred, as the digits of MNIST were.</p>
        </div>
      </section>
      <section class="card stack" aria-label="answers" aria-live="polite">
        {loaded.length < models.length && refusal === undefined ? <Waiting /> : null}
        {said.length === 0 ? (
          <p class="soft">{loaded.length === 0 ? '' : 'Draw a digit: the answers come here.'}</p>
        ) : null}
        <div class="answers">
          {said.map(({ name, role, logits }) => {
            const answer = chosenClass(logits);
            return (
              <p key={name} class="drawn-answer" style={{ '--tone': roleLooks[role].colour }} data-stage={name}>
                <strong>{answer}</strong>
                <span>{name}</span>
                <span class="small soft">{(100 * (softened(logits, 1)[answer] ?? 0)).toFixed(1)}% sure</span>
              </p>
            );
          })}
        </div>
        {said.length === 0 ? null : (
          <>
            <Temperature temperature={temperature} change={setTemperature} />
            <div class="scroll">
              <ClassBars models={said} temperature={temperature} />
            </div>
          </>
        )}
      </section>
    </div>
  );
}

/** Loads what is not loaded yet, TensorFlow.js first. */
function useModels(
  run: string,
  models: readonly DrawnModel[],
): { readonly loaded: readonly LoadedModel[]; readonly refusal?: Refusal } {
  const [state, setState] = useState<{ readonly loaded: readonly LoadedModel[]; readonly refusal?: Refusal }>({
    loaded: [],
  });
  const kept = useRef(new Map<string, LoadedModel>());
  const wanted = models.map(({ id }) => id).join('\n');
  useEffect(() => {
    const stop = new AbortController();
    const load = async (): Promise<void> => {
      const { pageModel } = await import('./model.ts');
      for (const { id, role } of models) {
        if (kept.current.has(id) || stop.signal.aborted) continue;
        const [answer, weights] = await Promise.all([
          server.model(run, id, stop.signal),
          server.weights(run, id, stop.signal),
        ]);
        kept.current.set(id, { id, role, shape: answer.shape, model: await pageModel(answer, weights) });
      }
      if (!stop.signal.aborted) setState({ loaded: models.flatMap(({ id }) => kept.current.get(id) ?? []) });
    };
    load().catch((error: unknown) => {
      if (!stop.signal.aborted) setState({ loaded: [...kept.current.values()], refusal: refusalOf(error) });
    });
    return () => {
      stop.abort();
    };
  }, [run, wanted]);
  useEffect(
    () => () => {
      for (const { model } of kept.current.values()) model.dispose();
    },
    [],
  );
  return state;
}

/** A gray image for a model that takes several channels: the same in each. */
function withChannels(gray: Uint8Array, [, , channels = 1]: readonly number[]): Uint8Array {
  if (channels === 1) return gray;
  return Uint8Array.from({ length: gray.length * channels }, (_, index) => gray[Math.floor(index / channels)] ?? 0);
}

interface SeenProps {
  readonly pixels: Uint8Array | undefined;
  readonly height: number;
  readonly width: number;
}

function Seen({ pixels, height, width }: SeenProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const image = new ImageData(width, height);
    for (let pixel = 0; pixel < width * height; pixel++) {
      image.data.fill(pixels?.[pixel] ?? 0, 4 * pixel, 4 * pixel + 3);
      image.data[4 * pixel + 3] = 255;
    }
    canvas.current?.getContext('2d')?.putImageData(image, 0, 0);
  }, [pixels, height, width]);
  return (
    <canvas
      ref={canvas}
      class="sample"
      role="img"
      aria-label="what the models see"
      width={width}
      height={height}
      style={{ width: '84px', height: '84px' }}
    />
  );
}
