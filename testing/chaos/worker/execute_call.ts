import {
  isFresh,
  TokenUnavailableError,
  tokenFingerprint,
} from '@latchkey/actions-plugin/server/testing';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { Recorder } from '../history/recorder.ts';
import type { Call } from '../plan/protocol.ts';
import { type CallContext, currentCall } from './chaos_connector.ts';
import { codeOf, type Outcome, outcomeOf, recordCall } from './outcome.ts';
import { principalOf, type Stack } from './stack.ts';

/** Runs callers with the product's executor, which it calls as `_execute` does. */
export class Caller {
  readonly #stack: Stack;
  readonly #recorder: Recorder;
  readonly #worker: string;

  constructor(stack: Stack, recorder: Recorder, worker: string) {
    this.#stack = stack;
    this.#recorder = recorder;
    this.#worker = worker;
    this.#watchReaders();
  }

  /** Executes one call. Never rejects: the result is recorded in the history. */
  async execute(call: Call): Promise<void> {
    const [recorder, worker] = [this.#recorder, this.#worker];
    const context: CallContext = {
      ...call,
      worker,
      client: undefined,
      enteredRefresh: false,
      waitedWithFreshToken: false,
    };
    await recordCall({ recorder, worker }, call, async () => {
      const outcome = await currentCall.run(context, () => this.#run(call).catch(outcomeOfError));
      return { ...outcome, waitedWithFreshToken: context.waitedWithFreshToken };
    });
  }

  async #run({ user, connector, deadlineMs }: Call): Promise<Outcome> {
    const signal = AbortSignal.timeout(deadlineMs);
    const client = this.#stack.contract.getActionsClient(principalOf(user));
    const result = await client.execute({
      connectorId: connector,
      params: { subAction: 'whoami', subActionParams: {} },
      signal,
    });
    const { serviceMessage, message } = result;
    const known = outcomeOf(result);
    if (known !== undefined) return known;
    if (serviceMessage !== undefined) return { response: 'later', code: serviceMessage };
    // A result without a reason comes from an unexpected error.
    return signal.aborted
      ? { response: 'api_failed', code: 'deadline' }
      : { response: 'unclassified', code: message };
  }

  /** Records for each call whether it waited for a refresh although its token was fresh. */
  #watchReaders(): void {
    const { refresher, tokens } = this.#stack.tokens;
    const refresh = refresher.refresh.bind(refresher);
    refresher.refresh = (request) => {
      const context = currentCall.getStore();
      if (context !== undefined) context.enteredRefresh = true;
      return refresh(request);
    };
    const getToken = tokens.getToken.bind(tokens);
    tokens.getToken = async (request) => {
      const context = currentCall.getStore();
      const fresh = context && (await this.#freshToken(context));
      const token = await getToken(request);
      if (context !== undefined) {
        context.waitedWithFreshToken = context.enteredRefresh && token.fingerprint === fresh;
      }
      return token;
    };
  }

  /**
   * Returns the fingerprint of the stored token if it can be sent immediately. `undefined`: it
   * cannot.
   */
  async #freshToken({ connector: connectorId, user }: CallContext): Promise<string | undefined> {
    const { tokens, clients, connectorReader, clock } = this.#stack;
    const found = await connectorReader.find(connectorId, 'default').catch(() => undefined);
    const key = { scope: 'per-user', connectorId, profileUid: user } as const;
    const record = await tokens.store.read(key).catch(() => undefined);
    if (found?.kind !== 'found' || record?.accessToken === undefined) return undefined;
    if (record.clientFingerprint !== clients.forConnector(found.connector).fingerprint)
      return undefined;
    return isFresh(record, clock.now()) ? tokenFingerprint(record.accessToken) : undefined;
  }
}

/**
 * Returns the outcome of an error that the executor throws. For the first two, a server responds
 * with 503.
 */
function outcomeOfError(error: unknown): Outcome {
  const code = codeOf(error);
  if (error instanceof TokenUnavailableError) return { response: 'later', code };
  if (error instanceof SavedObjectError && error.code === 'store_unavailable')
    return { response: 'later', code };
  return { response: 'unclassified', code };
}
