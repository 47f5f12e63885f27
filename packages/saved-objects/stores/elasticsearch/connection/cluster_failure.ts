import { errors } from '@elastic/elasticsearch';
import { z } from 'zod';
import { StoreError } from '../../../store/store_error.ts';

/** Why the cluster did not do what it was asked. Only `refused` is a mistake of ours. */
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
 * How many times a request is repeated, whose answer may have been lost on the way: every write is conditional and
 * carries its write id, so repeating it is safe.
 */
export const RETRIES: Readonly<Record<ClusterFailureKind, 'as_configured' | number>> = {
  // Another node may answer, or this one in a moment.
  unreachable: 'as_configured',
  // Once, to learn what became of it; more would only add to the load.
  timeout: 1,
  // A master is elected within seconds.
  not_ready: 'as_configured',
  // A full queue empties quickly.
  overloaded: 'as_configured',
  // These last until somebody acts.
  blocked: 0,
  unauthorized: 0,
  index_missing: 0,
  refused: 0,
};

const errorBody = z.object({
  error: z.object({ type: z.string().max(200), reason: z.string().optional().catch(undefined) }),
});

/** Whatever their status says, documents of such an index are out of reach and not deleted. */
const INDEX_IS_GONE = ['index_not_found_exception', 'index_closed_exception'];
/** The name of a block in the reason, as in `[FORBIDDEN/8/index write (api)]`. */
const BLOCK = /\[[A-Z_]+\/\d+\/([^\]]{1,100})\]/;

/** A request that failed, without anything of the request or the answer that could be secret. */
export class ClusterFailure extends Error {
  override readonly name = 'ClusterFailure';
  readonly kind: ClusterFailureKind;
  /** HTTP status; `undefined`: there was no answer. */
  readonly status: number | undefined;
  /** Elasticsearch's name of the error. */
  readonly type: string | undefined;
  /** What is blocked and why, for `blocked`. */
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

/** A failure of the client as ours. Whatever else was thrown is handed back unchanged. */
export function toClusterFailure(error: unknown): unknown {
  if (error instanceof errors.TimeoutError) return new ClusterFailure('timeout');
  if (error instanceof errors.ResponseError) {
    return responseFailure(error.statusCode ?? 0, error.body);
  }
  if (error instanceof errors.ConnectionError || error instanceof errors.NoLivingConnectionsError) {
    return new ClusterFailure('unreachable');
  }
  // Half an answer, or one of something that is no Elasticsearch.
  if (
    error instanceof errors.DeserializationError ||
    error instanceof errors.ProductNotSupportedError
  ) {
    return new ClusterFailure('not_ready', { type: error.name });
  }
  return error;
}

/** The failure that an answer of this status and body stands for. */
export function responseFailure(status: number, body: unknown): ClusterFailure {
  const parsed = errorBody.safeParse(body);
  const { type, reason = '' } = parsed.success ? parsed.data.error : { type: undefined };
  if (type === 'cluster_block_exception' && status !== 503) {
    return new ClusterFailure('blocked', { status, type, block: BLOCK.exec(reason)?.[1] });
  }
  return new ClusterFailure(kindOf(status, type), { status, type });
}

function kindOf(status: number, type: string | undefined): ClusterFailureKind {
  if (type !== undefined && INDEX_IS_GONE.includes(type)) return 'index_missing';
  if (status === 429) return 'overloaded';
  if (status === 401 || status === 403) return 'unauthorized';
  return status >= 500 ? 'not_ready' : 'refused';
}

/** A failure as the port reports it, with a sentence for the operator. Programming errors are handed back unchanged. */
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
      return 'did not answer in time: it is overloaded, or the network is slow';
    case 'not_ready':
      return `cannot work now (${[status, type].filter(Boolean).join(' ')}): no master is elected or a shard has no copy; see GET _cluster/health`;
    case 'overloaded':
      return 'refuses work because it has too much of it (429): give it more memory, processors or nodes';
    case 'blocked':
      return `refuses writes (${block ?? 'an index or the cluster is blocked'}): free disk space, or lift the block of the index or the cluster`;
    case 'unauthorized':
      return status === 401
        ? 'refuses the credentials (401): check elasticsearch.username and password, apiKey or serviceAccountToken'
        : 'does not allow this account what the store needs (403): see the privileges in the documentation of the store';
    case 'index_missing':
      return 'has lost an index of the store: restore it from a snapshot, or restart this server to begin with an empty one';
    case 'refused':
      return 'refused a request';
  }
}
