import { subscribe } from 'node:diagnostics_channel';
import { z } from 'zod';

/** Requests of one operation of Elasticsearch. */
export interface RequestFigures {
  readonly requests: number;
  /** Sum of the times from each request to the end of its response, in milliseconds. */
  readonly waitedMs: number;
}

const message = z.object({
  request: z.object({ path: z.string(), origin: z.union([z.string(), z.instanceof(URL)]) }),
});

/**
 * Counts the requests of this process to Elasticsearch by operation. The client of Elasticsearch
 * publishes each request, so the measured code needs no change.
 */
export class StoreRequests {
  #figures = new Map<string, { requests: number; waitedMs: number }>();
  readonly #startedAt = new WeakMap<object, number>();

  /** @param hosts origins of the nodes */
  constructor(hosts: readonly string[]) {
    const origins = new Set(hosts.map((host) => new URL(host).origin));
    const known = (published: unknown) => {
      const { request } = message.parse(published);
      return origins.has(new URL(request.origin).origin) ? request.path : undefined;
    };
    subscribe('undici:request:create', (published) => {
      if (known(published) !== undefined)
        this.#startedAt.set(requestOf(published), performance.now());
    });
    subscribe('undici:request:trailers', (published) => {
      const path = known(published);
      const startedAt = this.#startedAt.get(requestOf(published));
      if (path === undefined || startedAt === undefined) return;
      const name = operationOf(path);
      const { requests, waitedMs } = this.#figures.get(name) ?? { requests: 0, waitedMs: 0 };
      const waited = waitedMs + performance.now() - startedAt;
      this.#figures.set(name, { requests: requests + 1, waitedMs: waited });
    });
  }

  /** Returns the figures since the last call. */
  take(): Readonly<Record<string, RequestFigures>> {
    const figures = Object.fromEntries(this.#figures);
    this.#figures = new Map();
    return figures;
  }
}

function requestOf(published: unknown): object {
  return (published as { readonly request: object }).request;
}

/**
 * Returns the operation of a request: `_mget`, or `workflow_run/_search`, which is the index
 * without its prefix, and the operation.
 */
function operationOf(path: string): string {
  const parts = path.split('?')[0]?.split('/').filter(Boolean) ?? [];
  const operation = parts.find((part) => part.startsWith('_')) ?? 'index';
  const [index = ''] = parts;
  return index.startsWith('_') ? operation : `${index.replace(/^.*?_/, '')} ${operation}`;
}
