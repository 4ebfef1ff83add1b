import { isJsonObject } from '../../base/json.ts';
import { failure, success, type Result } from '../../base/result.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { ExportedRun } from '../../report/formats/exported-run.ts';
import { oneLine } from '../../report/format.ts';
import { otlpTrace } from '../../report/formats/otlp.ts';
import { refused, send, serverAt } from './http.ts';

/** Sends a run's trace over OTLP/HTTP. @param endpoint the base, as in OTEL_EXPORTER_OTLP_ENDPOINT; @returns where it went */
export async function exportToCollector(run: ExportedRun, endpoint: string): Promise<Result<string, Problem>> {
  const server = serverAt(endpoint);
  if (!server.ok) return server;
  const path = '/v1/traces';
  const answer = await send(server.value, path, { json: otlpTrace(run) });
  if (!answer.ok) return answer;
  if (answer.value.status !== 200) return failure(refused(server.value, path, answer.value));
  // 64-bit numbers may come as texts.
  const { partialSuccess } = answer.value.body;
  const { rejectedSpans } = isJsonObject(partialSuccess) ? partialSuccess : {};
  if (Number(rejectedSpans ?? 0) > 0) {
    const words = oneLine(JSON.stringify(partialSuccess));
    return failure({ code: 'export-failed', message: `${server.value.url}${path} did not take all spans: ${words}` });
  }
  return success(`${server.value.url}${path}`);
}
