import type { Principal, ServerRequest } from '@latchkey/core/server';
import type { AccessControl } from '../../audit/index.ts';
import {
  type AttemptOutcomes,
  type AuthorizableConnectors,
  type ExistingConnector,
  FlowError,
  isSameBrowser,
} from '../flow/index.ts';
import type { AccountChange, AccountChangeService, DecidedAccountChange } from '../tokens/index.ts';

/** A user and their browser. */
export interface Decider {
  readonly principal: Principal;
  readonly cookies: ServerRequest['cookies'];
}

/** The user's decision. */
export type AccountDecision = 'keep' | 'change';

/** A pending change, as the user who decides may see it. */
export interface PendingAccountChange extends AccountChange {
  /** `true`: this browser may confirm the change. */
  readonly isSameBrowser: boolean;
  readonly connector: ExistingConnector;
}

/** Collaborators of {@link AccountDecisions}. */
interface AccountDecisionsOptions {
  readonly authorizable: Pick<AuthorizableConnectors, 'ensureMayAuthorize' | 'find' | 'openFound'>;
  readonly accountChanges: Pick<AccountChangeService, 'decide' | 'find'>;
  readonly attempts: Pick<AttemptOutcomes, 'settleDecision'>;
  readonly access: AccessControl;
}

/** Decisions of users about another account than the connected one. */
export class AccountDecisions {
  readonly #options: AccountDecisionsOptions;

  constructor(options: AccountDecisionsOptions) {
    this.#options = options;
  }

  /**
   * The pending change of this user, and whether this browser may confirm it.
   * @throws HttpError 401, 403; ConnectorError `not_found`; FlowError `nothing_to_decide`
   */
  async find(decider: Decider, connectorId: string): Promise<PendingAccountChange> {
    return (await this.#find(decider, connectorId)).change;
  }

  /**
   * Confirms or refuses a change of account, exactly once. Only the browser that authorized may
   * confirm, so that a user cannot be tricked into using another user's account. Any browser of the
   * user may refuse.
   * @throws the errors of {@link find}; FlowError `wrong_browser`, `connector_changed`
   */
  async decide(
    decider: Decider,
    request: {
      readonly connectorId: string;
      readonly flowId: string;
      readonly decision: AccountDecision;
    },
  ): Promise<DecidedAccountChange> {
    const { authorizable, accountChanges, attempts, access } = this.#options;
    const { principal } = decider;
    const { connectorId, flowId, decision } = request;
    const { change, profileUid } = await this.#find(decider, connectorId);
    if (change.flowId !== flowId) throw new FlowError('nothing_to_decide');
    const about = { connectorId, profileUid, flowId, actor: principal };
    if (decision === 'keep') {
      const kept = ensureDecided(await accountChanges.decide({ ...about, decision }));
      await attempts.settleDecision(flowId, 'kept');
      return kept;
    }
    if (!change.isSameBrowser) {
      const errorCode = 'wrong_browser';
      const event = { operation: 'oauth-connect', outcome: 'failure', connectorId } as const;
      access.record(principal, { ...event, errorCode });
      throw new FlowError(errorCode);
    }
    const { client } = authorizable.openFound(change.connector);
    const changed = ensureDecided(await accountChanges.decide({ ...about, decision, client }));
    await attempts.settleDecision(flowId, { changedTo: changed.to?.label });
    return changed;
  }

  async #find({ principal, cookies }: Decider, connectorId: string) {
    const { authorizable, accountChanges } = this.#options;
    const profileUid = await authorizable.ensureMayAuthorize(principal, connectorId);
    const connector = await authorizable.find(connectorId, principal.spaceId);
    const pending = await accountChanges.find({ connectorId, profileUid });
    if (pending === undefined) throw new FlowError('nothing_to_decide');
    const change: PendingAccountChange = {
      ...pending,
      isSameBrowser: isSameBrowser(cookies, pending),
      connector,
    };
    return { change, profileUid };
  }
}

function ensureDecided(decided: DecidedAccountChange | undefined): DecidedAccountChange {
  if (decided === undefined) throw new FlowError('nothing_to_decide');
  return decided;
}
