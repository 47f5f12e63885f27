import { type Clock, HttpError, type Logger, type Principal } from '@latchkey/core/server';
import type { AccountChange, AuthorizationState, Connections } from '../tokens/index.ts';
import type { CompletedAuthorization } from './authorization_completion.ts';
import { FlowError } from './flow_error.ts';
import type { OAuthStateAttributes, StoredOutcome } from './oauth_state_type.ts';
import { retrySave } from './retry_save.ts';
import { type OpenAttempt, OUTCOME_KEPT_MS, type StateStore } from './state_store.ts';

/**
 * Milliseconds after the use of a state, by which the outcome must be stored. Later, the server
 * that used the state is assumed to have stopped. All requests to the provider and all retries
 * together take less than a minute.
 */
const COMPLETION_LIMIT_MS = 2 * 60_000;

/** Outcome of an attempt, as the user who started it may see it. */
export type AttemptOutcome =
  | {
      readonly status: 'pending';
      /** Latest instant at which the attempt ends. */
      readonly expiresAt: Date;
      /** Set if the attempt waits for the user's decision about the account. */
      readonly accountChange?: AccountChange;
    }
  | {
      readonly status: 'succeeded';
      readonly account: string | undefined;
      readonly accountChanged: boolean;
    }
  | { readonly status: 'failed'; readonly code: string }
  | { readonly status: 'cancelled' }
  | { readonly status: 'expired' };

/**
 * An outcome and the instant at which the attempt ended. `endedAt` is `undefined` before the end.
 */
interface EndedAttempt {
  readonly outcome: AttemptOutcome;
  readonly endedAt: Date | undefined;
}

/**
 * Stores and reads outcomes of authorization attempts. A callback stores the outcome before it
 * responds. If the server stops before that, the outcome is derived from the grant: the attempt
 * succeeded if a grant was stored with the generation of the attempt.
 */
export class AttemptOutcomes {
  readonly #states: Pick<StateStore, 'openOf' | 'read' | 'settle'>;
  readonly #connections: Pick<Connections, 'ofAuthorization'>;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(deps: {
    readonly states: Pick<StateStore, 'openOf' | 'read' | 'settle'>;
    readonly connections: Pick<Connections, 'ofAuthorization'>;
    readonly clock: Clock;
    readonly logger: Logger;
  }) {
    this.#states = deps.states;
    this.#connections = deps.connections;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
  }

  /**
   * Reads the outcome of an attempt of the principal. Requires no privilege, because a user who has
   * lost it must still learn why the attempt failed.
   * @throws HttpError 401
   * @throws FlowError `api_key_not_allowed`; `attempt_not_found` if the attempt is unknown, belongs
   * to another user, connector or space, or ended more than an hour ago
   */
  async read(
    { user, spaceId }: Principal,
    { connectorId, flowId }: { readonly connectorId: string; readonly flowId: string },
  ): Promise<AttemptOutcome> {
    if (user === undefined) throw new HttpError(401, 'Sign in to see your authorization.');
    if (user.authenticationType === 'api_key') throw new FlowError('api_key_not_allowed');
    const attempt = await this.#states.read(flowId);
    const isOwn =
      attempt?.createdBy === user.profileUid &&
      attempt.connectorId === connectorId &&
      attempt.spaceId === spaceId;
    if (!isOwn) throw new FlowError('attempt_not_found');
    const { outcome, endedAt } = await this.#outcomeOf(flowId, attempt);
    const keptUntil = (endedAt?.getTime() ?? Number.POSITIVE_INFINITY) + OUTCOME_KEPT_MS;
    if (keptUntil <= this.#clock.now()) throw new FlowError('attempt_not_found');
    return outcome;
  }

  /** Returns the newest open attempt of a user for each connector of a space, by connector id. */
  openOf(profileUid: string, spaceId: string): Promise<ReadonlyMap<string, OpenAttempt>> {
    return this.#states.openOf(profileUid, spaceId);
  }

  /** Stores the result of a callback that has used the state. Never throws. */
  async settleCallback(
    flowId: string,
    result: CompletedAuthorization | { readonly kind: 'failed'; readonly code: string },
  ): Promise<void> {
    await this.#settle(flowId, storedOutcomeOf(result));
  }

  /** Stores the user's decision about the account. Never throws. */
  async settleDecision(
    flowId: string,
    decision: { readonly changedTo: string | undefined } | 'kept',
  ): Promise<void> {
    await this.#settle(
      flowId,
      decision === 'kept'
        ? { status: 'failed', code: 'account_kept' }
        : succeeded({ account: decision.changedTo, accountChanged: true }),
    );
  }

  async #settle(flowId: string, outcome: Omit<StoredOutcome, 'at'>): Promise<void> {
    try {
      await retrySave(this.#clock, () => this.#states.settle(flowId, outcome));
    } catch (error) {
      this.#logger.warn('The outcome of an authorization could not be stored', {
        error,
        'latchkey.flow_id': flowId,
      });
    }
  }

  async #outcomeOf(flowId: string, attempt: OAuthStateAttributes): Promise<EndedAttempt> {
    const { outcome, usedAt } = attempt;
    const nowMs = this.#clock.now();
    if (outcome !== undefined && outcome.status !== 'held') return storedEnd(outcome);
    if (outcome === undefined) {
      const end = usedAt === undefined ? undefined : Date.parse(usedAt) + COMPLETION_LIMIT_MS;
      const expiresAt = new Date(end ?? attempt.expiresAt);
      if (nowMs < expiresAt.getTime()) return pending(expiresAt);
      if (end === undefined) return { outcome: { status: 'expired' }, endedAt: expiresAt };
    }
    const state = await this.#connections.ofAuthorization(
      { connectorId: attempt.connectorId, profileUid: attempt.createdBy },
      { flowId, generation: attempt.generation },
    );
    return outcome === undefined
      ? interruptedEnd(state, attempt)
      : undecidedEnd(state, outcome, new Date(nowMs));
  }
}

function pending(expiresAt: Date, accountChange?: AccountChange): EndedAttempt {
  const outcome = { status: 'pending', expiresAt } as const;
  return {
    outcome: accountChange === undefined ? outcome : { ...outcome, accountChange },
    endedAt: undefined,
  };
}

/** Outcome when the server that used the state has stopped, or could not store the outcome. */
function interruptedEnd(
  state: AuthorizationState,
  { usedAt, expiresAt }: OAuthStateAttributes,
): EndedAttempt {
  if (state.kind === 'held') return pending(state.change.until, state.change);
  const endedAt = new Date(Date.parse(usedAt ?? expiresAt) + COMPLETION_LIMIT_MS);
  if (state.kind === 'none') return { outcome: { status: 'failed', code: 'interrupted' }, endedAt };
  const { account } = state;
  return { outcome: { status: 'succeeded', account, accountChanged: false }, endedAt };
}

/**
 * Outcome of an attempt with another account, if no decision is stored. There are four cases: the
 * user can still decide, the deadline of the decision has passed, the connection has ended, or the
 * server stopped after the decision.
 */
function undecidedEnd(
  state: AuthorizationState,
  { until, at }: StoredOutcome,
  now: Date,
): EndedAttempt {
  if (state.kind === 'held') return pending(state.change.until, state.change);
  const due = new Date(until ?? at);
  const endedAt = due < now ? due : now;
  if (state.kind === 'connected')
    return {
      outcome: { status: 'succeeded', account: state.account, accountChanged: true },
      endedAt,
    };
  const code = state.hasOther ? 'account_kept' : 'nothing_to_decide';
  return { outcome: { status: 'failed', code }, endedAt };
}

function storedEnd({ status, at, code, account, accountChanged }: StoredOutcome): EndedAttempt {
  const endedAt = new Date(at);
  switch (status) {
    case 'succeeded':
      return { outcome: { status, account, accountChanged: accountChanged === true }, endedAt };
    case 'failed':
      return { outcome: { status, code: code ?? 'unexpected' }, endedAt };
    default:
      return { outcome: { status: status === 'cancelled' ? status : 'expired' }, endedAt };
  }
}

function storedOutcomeOf(
  result: CompletedAuthorization | { readonly kind: 'failed'; readonly code: string },
): Omit<StoredOutcome, 'at'> {
  switch (result.kind) {
    case 'connected':
      return succeeded(result);
    case 'held':
      return { status: 'held', until: result.until.toISOString() };
    case 'failed':
      return result.code === 'state_expired'
        ? { status: 'expired' }
        : { status: 'failed', code: result.code };
    default:
      return result satisfies never;
  }
}

function succeeded({
  account,
  accountChanged,
}: {
  readonly account: string | undefined;
  readonly accountChanged: boolean;
}): Omit<StoredOutcome, 'at'> {
  return {
    status: 'succeeded',
    accountChanged,
    // The outcome stores only the beginning of a long label; the grant stores the whole label.
    ...(account === undefined ? {} : { account: account.slice(0, 512) }),
  };
}
