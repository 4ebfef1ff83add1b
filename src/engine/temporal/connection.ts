import type { ConnectionOptions } from '@temporalio/client';
import { type Result, failure, success } from '../../base/result.ts';
import type { TemporalSettings } from '../../core/engine-settings.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { TemporalSdk } from './sdk.ts';

export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  /** With TLS and an API key, where there are. */
  readonly connection: Pick<ConnectionOptions, 'tls' | 'metadata'> & { readonly apiKey?: string };
}

/** Of the project file, then of Temporal's own variables (TEMPORAL_ADDRESS, TEMPORAL_API_KEY, TEMPORAL_TLS…) and its file of profiles. */
export function temporalServer(
  sdk: TemporalSdk,
  { address, namespace }: Partial<TemporalSettings> = {},
): Result<TemporalServer, Problem> {
  try {
    const { connectionOptions, namespace: ofEnvironment } = sdk.settings().loadClientConnectConfig();
    const { address: other, tls, apiKey, metadata } = connectionOptions;
    return success({
      address: address ?? other ?? 'localhost:7233',
      namespace: namespace ?? ofEnvironment ?? 'default',
      connection: {
        ...(tls === undefined ? {} : { tls }),
        ...(typeof apiKey === 'string' ? { apiKey } : {}),
        ...(metadata === undefined ? {} : { metadata: metadata }),
      },
    });
  } catch (error) {
    return failure({
      code: 'engine-unusable',
      message: `Temporal's settings in the environment cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

export function unreachable(address: string, error: unknown): Problem {
  return {
    code: 'engine-unusable',
    message: `Temporal's server at ${address} cannot be used: ${wordsOf(error)}`,
    hint: 'start one (temporal server start-dev), or see docs/cluster.md for its address, TLS and API keys',
  };
}

/** Whether it is the server that refused, or was not reached; anything else is a mistake here. */
export function isOfServer(sdk: TemporalSdk, error: unknown): boolean {
  const { ServiceError, isGrpcServiceError } = sdk.client();
  const { NamespaceNotFoundError, WorkflowNotFoundError } = sdk.common();
  return (
    error instanceof ServiceError ||
    error instanceof NamespaceNotFoundError ||
    error instanceof WorkflowNotFoundError ||
    isGrpcServiceError(error)
  );
}

/** With what lies beneath: that it failed alone tells nobody that it is the key, or the certificate. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const beneath = error.cause === undefined ? '' : `: ${wordsOf(error.cause)}`;
  return `${error.message}${beneath}`;
}
