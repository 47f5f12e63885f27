import { errors } from '@elastic/elasticsearch';
import { z } from 'zod';
import { StoreError } from '../../../store/store_error.ts';

/**
 * Cause of a failed request to the cluster. Only `refused` is an error in the code of the store.
 */
export type ClusterFailureKind =
  | 'unreachable'
  | 'timeout'
  | 'not_ready'
  | 'overloaded'
  | 'blocked'
  | 'unauthorized'
  | 'index_missing'
  | 'refused';

/**
 * Maximum retries by kind of failure. Retries are safe although a failed request may have taken
 * effect, because every write is conditional and carries its write id.
 */
export const RETRIES: Readonly<Record<ClusterFailureKind, 'as_configured' | number>> = {
  // Another node may be reachable, or this node a moment later.
  unreachable: 'as_configured',
  // One retry finds out whether the request took effect. More retries would increase the load.
  timeout: 1,
  // The cluster elects a master within seconds.
  not_ready: 'as_configured',
  // A full queue empties quickly.
  overloaded: 'as_configured',
  // The following failures last until an operator acts.
  blocked: 0,
  unauthorized: 0,
  index_missing: 0,
  refused: 0,
};

const errorBody = z.object({
  error: z.object({ type: z.string().max(200), reason: z.string().optional().catch(undefined) }),
});

/**
 * Types of the errors for a deleted or closed index. Such an error may have status 404, but does
 * not mean that a document was deleted.
 */
const MISSING_INDEX_TYPES = ['index_not_found_exception', 'index_closed_exception'];
/** Matches the name of a block in the reason, for example `[FORBIDDEN/8/index write (api)]`. */
const BLOCK = /\[[A-Z_]+\/\d+\/([^\]]{1,100})\]/;

/**
 * The error of a failed request. It contains no part of the request or response that can be secret.
 */
export class ClusterFailure extends Error {
  override readonly name = 'ClusterFailure';
  readonly kind: ClusterFailureKind;
  /** HTTP status. `undefined`: there was no response. */
  readonly status: number | undefined;
  /** The name of the error in Elasticsearch. `undefined`: the response does not name it. */
  readonly type: string | undefined;
  /** The name of the block that refused the request. `undefined` for all kinds except `blocked`. */
  readonly block: string | undefined;

  constructor(
    kind: ClusterFailureKind,
    details: {
      readonly status?: number | undefined;
      readonly type?: string | undefined;
      readonly block?: string | undefined;
    } = {},
  ) {
    const { status, type, block } = details;
    super(`Elasticsearch request failed: ${[kind, status, type].filter(Boolean).join(' ')}`);
    this.kind = kind;
    this.status = status;
    this.type = type;
    this.block = block;
  }
}

/** Maps an error of the client library to a {@link ClusterFailure}. Other errors stay unchanged. */
export function toClusterFailure(error: unknown): unknown {
  if (error instanceof errors.TimeoutError) return new ClusterFailure('timeout');
  if (error instanceof errors.ResponseError) {
    return responseFailure(error.statusCode ?? 0, error.body);
  }
  if (error instanceof errors.ConnectionError || error instanceof errors.NoLivingConnectionsError) {
    return new ClusterFailure('unreachable');
  }
  // The response is incomplete, or it is from a server that is not Elasticsearch.
  if (
    error instanceof errors.DeserializationError ||
    error instanceof errors.ProductNotSupportedError
  ) {
    return new ClusterFailure('not_ready', { type: error.name });
  }
  return error;
}

/** Maps an error response to a {@link ClusterFailure}. */
export function responseFailure(status: number, body: unknown): ClusterFailure {
  const parsed = errorBody.safeParse(body);
  const { type, reason = '' } = parsed.success ? parsed.data.error : { type: undefined };
  if (type === 'cluster_block_exception' && status !== 503) {
    return new ClusterFailure('blocked', { status, type, block: BLOCK.exec(reason)?.[1] });
  }
  return new ClusterFailure(kindOf(status, type), { status, type });
}

function kindOf(status: number, type: string | undefined): ClusterFailureKind {
  if (type !== undefined && MISSING_INDEX_TYPES.includes(type)) return 'index_missing';
  if (status === 429) return 'overloaded';
  if (status === 401 || status === 403) return 'unauthorized';
  return status >= 500 ? 'not_ready' : 'refused';
}

/**
 * Maps a {@link ClusterFailure} to a {@link StoreError} with a message for the operator. Other
 * errors and `refused`, which are programming errors, stay unchanged.
 */
export function toStoreError(error: unknown, hosts: readonly string[]): unknown {
  if (!(error instanceof ClusterFailure) || error.kind === 'refused') return error;
  return new StoreError(
    'unavailable',
    `Elasticsearch at [${hosts.join(', ')}] ${sentence(error)}.`,
    { cause: error },
  );
}

function sentence({ kind, status, type, block }: ClusterFailure): string {
  switch (kind) {
    case 'unreachable':
      return 'cannot be reached: check that it runs, that elasticsearch.hosts is right and that its certificate is trusted';
    case 'timeout':
      return 'did not respond in time: it is overloaded, or the network is slow';
    case 'not_ready':
      return `cannot work now (${[status, type].filter(Boolean).join(' ')}): no master is elected or a shard has no copy; see GET _cluster/health`;
    case 'overloaded':
      return 'is overloaded (429): give it more memory, processors or nodes';
    case 'blocked':
      return `refuses writes (${block ?? 'an index or the cluster is blocked'}): free disk space, or remove the block of the index or the cluster`;
    case 'unauthorized':
      return status === 401
        ? 'refuses the credentials (401): check elasticsearch.username and password, apiKey or serviceAccountToken'
        : 'refuses the request because this account lacks a privilege (403): see the privileges in the documentation of the store';
    case 'index_missing':
      return 'has lost an index of the store: restore it from a snapshot, or restart this server to create an empty one';
    case 'refused':
      return 'refused a request';
  }
}
