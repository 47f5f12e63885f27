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

/** The user who decides, and the browser of the user. */
export interface Decider {
  readonly principal: Principal;
  readonly cookies: ServerRequest['cookies'];
}

/** `keep`: the connected account stays in use. `change`: the new one replaces it. */
export type AccountDecision = 'keep' | 'change';

/** A pending change of account, for the user who decides. */
export interface PendingAccountChange extends AccountChange {
  /** `true`: the request comes from the browser that authorized, so it may confirm the change. */
  readonly isSameBrowser: boolean;
  readonly connector: ExistingConnector;
}

/** Services that {@link AccountDecisions} calls. */
interface AccountDecisionsOptions {
  readonly authorizable: Pick<AuthorizableConnectors, 'ensureMayAuthorize' | 'find' | 'openFound'>;
  readonly accountChanges: Pick<AccountChangeService, 'decide' | 'find'>;
  readonly attempts: Pick<AttemptOutcomes, 'settleDecision'>;
  readonly access: AccessControl;
}

/** Carries out users' decisions about an account other than the connected one. */
export class AccountDecisions {
  readonly #options: AccountDecisionsOptions;

  constructor(options: AccountDecisionsOptions) {
    this.#options = options;
  }

  /**
   * Returns the pending change of account of this user.
   * @throws HttpError 401, 403
   * @throws ConnectorError `not_found`
   * @throws FlowError `nothing_to_decide`
   */
  async find(decider: Decider, connectorId: string): Promise<PendingAccountChange> {
    return (await this.#find(decider, connectorId)).change;
  }

  /**
   * Carries out the decision of the user. Of several decisions, only the first succeeds. Only the
   * browser that authorized may confirm a change, so that nobody can trick a user into using the
   * account of another user. Any browser of the user may keep the connected account.
   * @throws the errors of {@link find}
   * @throws FlowError `wrong_browser`, `connector_changed`
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
