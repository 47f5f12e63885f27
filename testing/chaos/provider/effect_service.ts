import { setTimeout as delay } from 'node:timers/promises';
import { type Exchange, sendJson } from '@latchkey/dev-providers/fake-server';
import type { Recorder } from '../history/recorder.ts';

/** Status of a refused request, which has no effect. */
const REFUSED = 409;

/** The caller of a request. */
interface Caller {
  readonly worker: string;
  /** Owner of the sent token. `undefined`: no valid token was sent. */
  readonly owner: string | undefined;
}

/** The service that steps of workflows call. It records every request and how it ended. */
export class EffectService {
  readonly #recorder: Recorder;
  /** Number of requests of each iteration of a step. */
  readonly #counts = new Map<string, number>();
  #requests = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** Forgets the requests of earlier rounds. */
  reset(): void {
    this.#counts.clear();
  }

  async serve(exchange: Exchange, { worker, owner }: Caller, delayMs: number): Promise<void> {
    const { method, response } = exchange;
    const { searchParams } = exchange.url;
    const parameter = (name: string): string => searchParams.get(name) ?? '';
    this.#requests += 1;
    const request = `e${this.#requests}`;
    const common = { run: parameter('run'), step: parameter('step'), item: parameter('item') };
    this.#recorder.record({
      type: 'service_request',
      request,
      worker,
      method,
      ...common,
      content: parameter('content'),
      ...(owner === undefined ? {} : { owner }),
    });
    const key = Object.values(common).join(' ');
    const count = (this.#counts.get(key) ?? 0) + 1;
    const isUnknown = searchParams.get('personal') === 'true' && owner === undefined;
    if (!isUnknown) this.#counts.set(key, count);
    const isRefused = count <= Number(searchParams.get('refusals') ?? 0);
    const status = isUnknown ? 401 : isRefused ? REFUSED : 200;
    const closed = new AbortController();
    response.once('close', () => {
      const isAborted = !response.writableFinished;
      this.#recorder.record({ type: 'service_response', request, status, isAborted });
      closed.abort();
    });
    if (delayMs > 0)
      await delay(delayMs, undefined, { signal: closed.signal }).catch(() => undefined);
    if (!closed.signal.aborted) sendJson(exchange, status, { request, owner });
  }
}
