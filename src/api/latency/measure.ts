import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../base/error-message.ts';
import { failure, success, type Result } from '../../base/result.ts';
import type { BackendName } from '../../core/pipeline-spec.ts';
import type { Latency } from '../../core/latency.ts';

export interface MeasureRequest {
  readonly backend: BackendName;
  /** Where to look for the native backend first. */
  readonly project: string;
  /** Each has the files of one model. */
  readonly folders: readonly string[];
  readonly batches: readonly number[];
  /** For each model and batch. */
  readonly seconds: number;
}

export interface MeasuredFolder {
  readonly parameters: number;
  /** Of its weights. */
  readonly bytes: number;
  readonly latencies: readonly Latency[];
}

/** What the child does, one model after the other. Never throws: what went wrong is its answer. */
export async function measureHere(request: MeasureRequest): Promise<Result<readonly MeasuredFolder[], string>> {
  const { BackendUnavailable, loadBackend } = await import('../../tensor/backend.ts');
  try {
    await loadBackend(request.backend, request.project);
    const measured: MeasuredFolder[] = [];
    for (const folder of request.folders) measured.push(await measureModel(folder, request));
    return success(measured);
  } catch (error) {
    return failure(error instanceof BackendUnavailable ? error.what : messageOf(error));
  }
}

async function measureModel(folder: string, { batches, seconds }: MeasureRequest): Promise<MeasuredFolder> {
  const { readModel } = await import('../../stages/artifacts/model.ts');
  const { measureLatency } = await import('../../distill/latency.ts');
  const read = (path: string): Promise<Uint8Array> => readFile(join(folder, path));
  const { model, bytes } = await readModel({ kind: 'model', facts: {}, paths: [], read, open: read });
  try {
    const latencies: Latency[] = [];
    const { signal } = new AbortController();
    for (const batch of batches) latencies.push(await measureLatency(model, { batch, seconds, signal }));
    return { parameters: model.parameters, bytes, latencies };
  } finally {
    model.dispose();
  }
}
