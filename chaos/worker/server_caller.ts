import { z } from 'zod';
import type { Answer } from '../history/events.ts';
import type { Recorder } from '../history/recorder.ts';
import type { Call } from './protocol.ts';
import type { ServerPeople } from './server_people.ts';

/** The server has deadlines of its own; a caller that hears nothing for this much longer has not been answered. */
const PATIENCE = 1.4;

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
  readonly answer: Answer;
  readonly code: string | undefined;
}

/** Callers of `_execute`. Whether a valid reader waited cannot be seen from outside. */
export class ServerCaller {
  readonly #people: ServerPeople;
  readonly #recorder: Recorder;
  readonly #worker: string;

  constructor(people: ServerPeople, recorder: Recorder, worker: string) {
    this.#people = people;
    this.#recorder = recorder;
    this.#worker = worker;
  }

  /** Never rejects; the history says how it ended. */
  async execute(call: Call): Promise<void> {
    const { person, connector, deadlineMs } = call;
    const worker = this.#worker;
    const begun = { call: call.call, worker, person, connector, deadlineMs };
    this.#recorder.record({ type: 'call_start', ...begun });
    const outcome = await this.#run(call).catch(
      (error: unknown): Outcome => ({ answer: 'unclassified', code: String(error) }),
    );
    const ended = { call: call.call, ...outcome, waitedThoughFresh: false };
    this.#recorder.record({ type: 'call_end', ...ended });
  }

  async #run({ call, person, connector, deadlineMs }: Call): Promise<Outcome> {
    const query = new URLSearchParams({ call, person, connector });
    const answer = await this.#people.ask({
      as: person,
      method: 'POST',
      path: `/api/actions/connector/${connector}/_execute`,
      body: {
        params: {
          subAction: 'request',
          subActionParams: { method: 'GET', path: `/whoami?${query}` },
        },
      },
      signal: AbortSignal.timeout(deadlineMs * PATIENCE),
    });
    if (answer.status === 503) return { answer: 'later', code: '503' };
    if (answer.status !== 200) return { answer: 'unclassified', code: `${answer.status}` };
    return outcomeOf(execution.parse(JSON.parse(answer.text)));
  }
}

function outcomeOf(told: z.infer<typeof execution>): Outcome {
  const { data, retry, service_message: code } = told;
  if (told.status === 'ok') {
    if (data?.status === 200) return { answer: 'ok', code: undefined };
    return { answer: data?.status === 401 ? 'refused' : 'api_failed', code: `${data?.status}` };
  }
  const reason = told.authorization_reason;
  if (reason !== undefined) return { answer: 'authorize', code: reason };
  if (told.errorSource === 'user' && retry === false) return { answer: 'misconfigured', code };
  if (told.errorSource === 'framework') return { answer: 'later', code };
  return { answer: 'api_failed', code: told.message };
}
