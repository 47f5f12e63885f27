import { z } from 'zod';
import type { Response } from '../history/events.ts';
import type { Recorder } from '../history/recorder.ts';
import type { Call } from '../plan/protocol.ts';
import type { ServerUsers } from './server_users.ts';

/**
 * The server has its own deadlines; a call that takes this many times longer counts as one without
 * a response.
 */
const TIMEOUT = 1.4;

const execution = z.object({
  status: z.enum(['ok', 'error']),
  data: z.object({ status: z.number() }).loose().optional().catch(undefined),
  message: z.string().optional(),
  service_message: z.string().optional(),
  retry: z.union([z.boolean(), z.string()]).nullish(),
  errorSource: z.string().optional(),
  authorization_reason: z.string().optional(),
});

interface Outcome {
  readonly response: Response;
  readonly code: string | undefined;
}

/**
 * Callers of `_execute`. It is not visible from outside whether a reader of a valid token waited.
 */
export class ServerCaller {
  readonly #users: ServerUsers;
  readonly #recorder: Recorder;
  readonly #worker: string;

  constructor(users: ServerUsers, recorder: Recorder, worker: string) {
    this.#users = users;
    this.#recorder = recorder;
    this.#worker = worker;
  }

  /** Never rejects; the result is in the history. */
  async execute(call: Call): Promise<void> {
    const { user, connector, deadlineMs } = call;
    const worker = this.#worker;
    const begun = { call: call.call, worker, user, connector, deadlineMs };
    this.#recorder.record({ type: 'call_start', ...begun });
    const outcome = await this.#run(call).catch(
      (error: unknown): Outcome => ({ response: 'unclassified', code: String(error) }),
    );
    const ended = { call: call.call, ...outcome, waitedWithFreshToken: false };
    this.#recorder.record({ type: 'call_end', ...ended });
  }

  async #run({ call, user, connector, deadlineMs }: Call): Promise<Outcome> {
    const query = new URLSearchParams({ call, user, connector });
    const response = await this.#users.ask({
      as: user,
      method: 'POST',
      path: `/api/actions/connector/${connector}/_execute`,
      body: {
        params: {
          subAction: 'request',
          subActionParams: { method: 'GET', path: `/whoami?${query}` },
        },
      },
      signal: AbortSignal.timeout(deadlineMs * TIMEOUT),
    });
    if (response.status === 503) return { response: 'later', code: '503' };
    if (response.status !== 200) return { response: 'unclassified', code: `${response.status}` };
    return outcomeOf(execution.parse(JSON.parse(response.text)));
  }
}

function outcomeOf(told: z.infer<typeof execution>): Outcome {
  const { data, retry, service_message: code } = told;
  if (told.status === 'ok') {
    if (data?.status === 200) return { response: 'ok', code: undefined };
    return { response: data?.status === 401 ? 'refused' : 'api_failed', code: `${data?.status}` };
  }
  const reason = told.authorization_reason;
  if (reason !== undefined) return { response: 'authorize', code: reason };
  if (told.errorSource === 'user' && retry === false) return { response: 'misconfigured', code };
  if (told.errorSource === 'framework') return { response: 'later', code };
  return { response: 'api_failed', code: told.message };
}
