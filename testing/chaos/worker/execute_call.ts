import { AsyncLocalStorage } from 'node:async_hooks';
import { ConnectorAuthorizationError } from '@latchkey/connector-specs';
import { EgressError } from '@latchkey/egress';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { DecryptedConnector } from '../../../plugins/actions/server/connector_data/index.ts';
import { ConnectorConfigurationError } from '../../../plugins/actions/server/oauth/strategies/index.ts';
import {
  isFresh,
  tokenFingerprint,
} from '../../../plugins/actions/server/oauth/tokens/grants/grant_record.ts';
import {
  TokenUnavailableError,
  type UsableToken,
} from '../../../plugins/actions/server/oauth/tokens/index.ts';
import type { Response } from '../history/events.ts';
import type { Recorder } from '../history/recorder.ts';
import type { Call } from './protocol.ts';
import type { Stack } from './stack.ts';

interface CallContext {
  enteredRefresh: boolean;
}

/**
 * Executes as the server does: gets a token, makes the call, and after a 401 replaces the token and
 * repeats the call once.
 */
export class Caller {
  readonly #stack: Stack;
  readonly #recorder: Recorder;
  readonly #settings: { readonly worker: string; readonly origin: string };
  readonly #context = new AsyncLocalStorage<CallContext>();

  constructor(
    stack: Stack,
    recorder: Recorder,
    settings: { readonly worker: string; readonly origin: string },
  ) {
    this.#stack = stack;
    this.#recorder = recorder;
    this.#settings = settings;
    const { refresher } = stack.tokens;
    const refresh = refresher.refresh.bind(refresher);
    refresher.refresh = (request) => {
      const context = this.#context.getStore();
      if (context !== undefined) context.enteredRefresh = true;
      return refresh(request);
    };
  }

  /** Never rejects; the result is in the history. */
  async execute(call: Call): Promise<void> {
    const { user, connector, deadlineMs } = call;
    this.#recorder.record({
      type: 'call_start',
      call: call.call,
      worker: this.#settings.worker,
      user,
      connector,
      deadlineMs,
    });
    const context: CallContext = { enteredRefresh: false };
    let ended: { readonly response: Response; readonly code?: string | undefined };
    let waitedWithFreshToken = false;
    try {
      const outcome = await this.#context.run(context, () => this.#run(call, context));
      ended = { response: outcome.response };
      waitedWithFreshToken = outcome.waitedWithFreshToken;
    } catch (error) {
      ended = responseOf(error);
    }
    this.#recorder.record({
      type: 'call_end',
      call: call.call,
      response: ended.response,
      code: ended.code,
      waitedWithFreshToken,
    });
  }

  async #run(
    call: Call,
    context: CallContext,
  ): Promise<{ readonly response: Response; readonly waitedWithFreshToken: boolean }> {
    const { tokens } = this.#stack.tokens;
    const signal = AbortSignal.timeout(call.deadlineMs);
    const connector = await this.#stack.connectors.readDecrypted(call.connector);
    if (connector === undefined) throw new Error('the connector was not found');
    const request = { connector, profileUid: call.user, signal };
    const fresh = await this.#freshToken(call, connector);
    const token = await tokens.getToken(request);
    const waitedWithFreshToken = context.enteredRefresh && token.fingerprint === fresh;
    const first = await this.#callApi(call, { connector, token, signal });
    if (first !== 401) return { response: responseOfStatus(first), waitedWithFreshToken };
    const replaced = await tokens.replaceRejectedToken({
      ...request,
      rejectedFingerprint: token.fingerprint,
    });
    if (replaced === undefined) return { response: responseOfStatus(first), waitedWithFreshToken };
    const second = await this.#callApi(call, { connector, token: replaced, signal });
    return { response: responseOfStatus(second), waitedWithFreshToken };
  }

  /** Fingerprint of the stored token when it could be sent immediately. */
  async #freshToken(call: Call, connector: DecryptedConnector): Promise<string | undefined> {
    const { store } = this.#stack.tokens;
    const key = {
      scope: 'per-user',
      connectorId: call.connector,
      profileUid: call.user,
    } as const;
    const record = await store.read(key).catch(() => undefined);
    const client = this.#stack.clients.forConnector(connector);
    if (record?.accessToken === undefined || record.clientFingerprint !== client.fingerprint)
      return undefined;
    return isFresh(record, this.#stack.clock.now())
      ? tokenFingerprint(record.accessToken)
      : undefined;
  }

  async #callApi(
    call: Call,
    sent: {
      readonly connector: DecryptedConnector;
      readonly token: UsableToken;
      readonly signal: AbortSignal;
    },
  ): Promise<number> {
    const response = await this.#stack.egress.fetch(`${this.#settings.origin}/api/whoami`, {
      headers: {
        authorization: sent.token.authorization,
        'x-call': call.call,
        'x-worker': this.#settings.worker,
        'x-user': call.user,
        'x-connector': call.connector,
        'x-client': String(sent.connector.secrets['clientId']),
      },
      signal: sent.signal,
    });
    await response.arrayBuffer();
    return response.status;
  }
}

function responseOfStatus(status: number): Response {
  if (status === 200) return 'ok';
  return status === 401 ? 'refused' : 'api_failed';
}

/** The three error classes that a server distinguishes, and unclassified errors. */
export function responseOf(error: unknown): { readonly response: Response; readonly code: string } {
  if (error instanceof ConnectorAuthorizationError)
    return { response: 'authorize', code: error.reason };
  if (error instanceof ConnectorConfigurationError)
    return { response: 'misconfigured', code: error.code };
  if (error instanceof TokenUnavailableError) return { response: 'later', code: error.code };
  // Thrown by reading the connector; the server responds with 503.
  if (error instanceof SavedObjectError && error.code === 'store_unavailable')
    return { response: 'later', code: error.code };
  if (error instanceof EgressError) return { response: 'api_failed', code: error.code };
  if (error instanceof Error && error.name === 'TimeoutError')
    return { response: 'api_failed', code: 'deadline' };
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { response: 'unclassified', code: `${name}: ${message}` };
}
