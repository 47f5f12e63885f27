import type { Clock } from '@latchkey/core/server';
import type { OAuthClientConfiguration, RevocationFailureCause } from '@latchkey/oauth-client';
import { needsAnotherKey } from '@latchkey/saved-objects';
import type { ProviderClient, ProviderClientFactory } from '../../strategies/index.ts';
import type { GrantEvents } from '../grants/grant_events.ts';
import {
  type ClientResolver,
  type RevocationClient,
  withCurrentCredentials,
} from './client_resolver.ts';
import type { EntryReader } from './entry_reader.ts';
import { ExchangeRecorder } from './exchange_recorder.ts';
import { waitingTokensOf, withExchanges, withoutExchangeState } from './exchanged_tokens.ts';
import { retryAfterEnd } from './pending_grants.ts';
import type { PausedEndpoints, ProviderCircuitBreaker } from './provider_circuit_breaker.ts';
import type { EntryAddress, RevocationEntries } from './revocation_entries.ts';
import { emitRevoked, type GrantResult } from './revocation_results.ts';
import type { RevocableGrant, WaitingToken } from './revocation_type.ts';
import type { RevokedGrants } from './revoked_grants.ts';

/** Services of {@link RevocationSender}. */
export interface RevocationSenderDeps {
  readonly entries: RevocationEntries;
  readonly reader: EntryReader;
  readonly grants: RevokedGrants;
  readonly clients: Pick<ProviderClientFactory, 'forConfiguration'>;
  readonly clientResolver: Pick<ClientResolver, 'current'>;
  readonly pausedEndpoints: PausedEndpoints;
  readonly events: GrantEvents;
  readonly clock: Clock;
}

/** The entry whose grants are revoked, and options of the requests. */
export interface RevocationSenderRequest {
  readonly address: EntryAddress;
  readonly circuitBreaker: ProviderCircuitBreaker;
  /** Ends requests early when it is aborted. `undefined`: they always run to their end. */
  readonly signal: AbortSignal | undefined;
}

/** State of the requests for one grant. */
interface Sending {
  readonly grant: RevocableGrant;
  readonly configuration: OAuthClientConfiguration;
  readonly client: Pick<ProviderClient, 'revoke'>;
  /** Tokens that are not sent yet. */
  queue: readonly WaitingToken[];
  /** Tokens that must be sent again later. */
  readonly remaining: WaitingToken[];
  /** Issued tokens, by the exchanged refresh token. */
  readonly issued: Map<string, readonly WaitingToken[]>;
  /** Refresh tokens whose exchange failed, and which are not spent. */
  readonly failed: Set<string>;
  /** Result of the first token that has one. */
  result: GrantResult['result'];
  /** `true`: a request was sent. */
  isSent: boolean;
  /** `true`: the unsent tokens were moved to a newer grant. */
  isLeft: boolean;
}

/** Sends the requests that revoke the grants of one entry, and stores the tokens of exchanges. */
export class RevocationSender {
  readonly #deps: RevocationSenderDeps;
  readonly #request: RevocationSenderRequest;
  readonly #exchanges: ExchangeRecorder;
  readonly #currentClients = new Map<string, Promise<RevocationClient | undefined>>();

  constructor(deps: RevocationSenderDeps, request: RevocationSenderRequest) {
    this.#deps = deps;
    this.#request = request;
    this.#exchanges = new ExchangeRecorder(deps);
  }

  /**
   * Sends one revocation request per token, in order (RFC 7009).
   * @param isLast `true`: sends the requests even if the circuit is open or the endpoint is paused
   * @throws SavedObjectError when the store is unavailable, or this server lacks the key of the
   * client
   */
  async send(grant: RevocableGrant, isLast: boolean): Promise<GrantResult> {
    const configuration = await this.#configurationOf(grant, isLast);
    const sending: Sending = {
      grant,
      configuration,
      client: this.#deps.clients.forConfiguration(configuration),
      queue: grant.tokens,
      remaining: [],
      issued: new Map(),
      failed: new Set(),
      result: undefined,
      isSent: false,
      isLeft: false,
    };
    for (let token = next(sending); token !== undefined; token = next(sending)) {
      if (!isLast && this.isBlocked(configuration)) {
        sending.remaining.push(token);
        continue;
      }
      // Checked before each request, because the user may authorize again while the provider
      // responds slowly to the previous one.
      if (!(await this.#isLeftToSuccessor(sending, [token]))) await this.#sendToken(sending, token);
      if (sending.isLeft) return resultOf({ ...sending, remaining: [] }, 'replaced');
    }
    return resultOf(sending, sending.remaining.length === 0 ? 'failed' : undefined);
  }

  /** Returns `true` if no request may be sent to the provider now. */
  isBlocked(configuration: OAuthClientConfiguration): boolean {
    const { pausedEndpoints, clock } = this.#deps;
    return (
      this.#request.circuitBreaker.isOpen(configuration) ||
      pausedEndpoints.pausedUntil(configuration, clock.now()) !== undefined
    );
  }

  async #sendToken(sending: Sending, token: WaitingToken): Promise<void> {
    const { events, pausedEndpoints, clock } = this.#deps;
    const { signal, circuitBreaker, address } = this.#request;
    const { configuration, client, issued, failed, remaining } = sending;
    let cause: RevocationFailureCause | undefined;
    let hasBegun: boolean | undefined;
    const outcome = await client.revoke(token.token, token.kind, {
      signal,
      onRetryAfter: (delayMs) =>
        pausedEndpoints.note(configuration, retryAfterEnd(delayMs, clock.now())),
      onFailure: (known) => {
        cause = known;
      },
      exchange: {
        isResultUnknown: token.exchangingUntil !== undefined,
        begin: async () => {
          hasBegun = await this.#exchanges.begin(address, token);
          return hasBegun;
        },
        store: (tokens) => this.#storeIssued(sending, token, waitingTokensOf(tokens)),
      },
    });
    if (hasBegun === false) {
      remaining.push(token);
      return;
    }
    sending.isSent = true;
    if (sending.isLeft) return;
    circuitBreaker.record(configuration, outcome);
    emitRevoked(events, address.key, { outcome, tokens: [token], cause });
    // The result of the first token counts: after the refresh token is revoked, the access token
    // expires by itself.
    if (outcome !== 'failed_transient') {
      sending.result ??= outcome === 'failed_permanent' ? 'failed' : outcome;
      return;
    }
    remaining.push(...(issued.get(token.token) ?? [token]));
    const isExchangeFailed = hasBegun === true && !issued.has(token.token);
    if (isExchangeFailed && token.exchangingUntil === undefined) failed.add(token.token);
  }

  /**
   * Stores the tokens of an exchange before they are revoked. `false`: they were moved to a newer
   * grant, and must not be revoked.
   */
  async #storeIssued(
    sending: Sending,
    token: WaitingToken,
    issued: readonly WaitingToken[],
  ): Promise<boolean> {
    sending.issued.set(token.token, issued);
    sending.queue = sending.queue.filter(({ issuedWith }) => issuedWith !== token.token);
    const isStored = await this.#exchanges
      .store(this.#request.address, token.token, issued)
      .catch(() => false);
    const isLeft = this.#isLeftToSuccessor(sending, issued);
    // If the tokens are not stored, their only copy is in this process, so they are revoked before
    // it may end. After a failure, they are stored with the results of the attempt.
    return !(await (isStored ? isLeft : isLeft.catch(() => false)));
  }

  /**
   * Moves all unsent tokens to a newer grant if their revocation would end it.
   * @param current tokens that would be sent now
   */
  async #isLeftToSuccessor(sending: Sending, current: readonly WaitingToken[]): Promise<boolean> {
    const { grant, remaining, queue } = sending;
    const tokens = withoutExchangeState([...remaining, ...current, ...queue]);
    const { key } = this.#request.address;
    sending.isLeft = await this.#deps.grants.leaveToSuccessor(key, { ...grant, tokens });
    return sending.isLeft;
  }

  /**
   * Returns the configuration with which a grant is revoked. Reads the connector once per attempt
   * and space, even if the request that ended the grant has just read it: an entry may wait for
   * days, and an administrator may have corrected the secret meanwhile.
   * @param isLast `true`: uses the stored configuration if this server lacks the key of the current
   * one
   * @throws SavedObjectError `store_unavailable` when this server lacks that key
   */
  async #configurationOf(
    { configuration, spaceId }: RevocableGrant,
    isLast: boolean,
  ): Promise<OAuthClientConfiguration> {
    if (spaceId === undefined) return configuration;
    const { key } = this.#request.address;
    const current =
      this.#currentClients.get(spaceId) ?? this.#deps.clientResolver.current({ key, spaceId });
    this.#currentClients.set(spaceId, current);
    try {
      return withCurrentCredentials(configuration, (await current)?.configuration);
    } catch (error) {
      if (isLast && needsAnotherKey(error)) return configuration;
      throw error;
    }
  }
}

/** Removes the next token from the queue, and returns it. */
function next(sending: Sending): WaitingToken | undefined {
  const [token, ...queue] = sending.queue;
  sending.queue = queue;
  return token;
}

/**
 * Returns the results of the requests that were sent.
 * @param otherwise result if no token has one
 */
function resultOf(
  { grant, remaining, issued, failed, result, isSent }: Sending,
  otherwise: GrantResult['result'],
): GrantResult {
  const exchanges = { issued, failed };
  return {
    grant: { ...grant, tokens: withExchanges(grant.tokens, exchanges) },
    remaining,
    exchanges,
    result: result ?? otherwise,
    isSent,
  };
}
