import { HttpError, type Principal, type ServerRequest } from '@latchkey/core/server';
import type { AccountChange, DecidedAccountChange } from '../../types.ts';
import {
  ensureMayAuthorize,
  type FlowDeps,
  FlowError,
  isSameBrowser,
  openForAuthorization,
  readIfReadable,
} from '../flow/index.ts';

/** A user and their browser. */
export interface Decider {
  readonly principal: Principal;
  readonly cookies: ServerRequest['cookies'];
}

/** The user's decision. */
export type AccountDecision = 'keep' | 'change';

/**
 * The pending change of this user, and whether this browser may confirm it.
 * @throws HttpError 401, 403; ConnectorError `not_found`; FlowError `nothing_to_decide`
 */
export async function findAccountChange(
  { principal, cookies }: Decider,
  connectorId: string,
  deps: FlowDeps,
): Promise<AccountChange & { readonly isSameBrowser: boolean }> {
  const profileUid = await ensureMayAuthorize(principal, connectorId, deps);
  await readIfReadable(connectorId, principal.spaceId, deps);
  const change = await deps.grants.pendingAccountChange({ connectorId, profileUid });
  if (change === undefined) throw new FlowError('nothing_to_decide');
  return { ...change, isSameBrowser: isSameBrowser(cookies, change) };
}

/**
 * Confirms or refuses a change of account, exactly once. Only the browser that authorized may
 * confirm, so that a user cannot be tricked into using another user's account. Any browser of the
 * user may refuse.
 * @throws the errors of {@link findAccountChange}; FlowError `wrong_browser`, `connector_changed`
 */
export async function decideAccount(
  decider: Decider,
  request: {
    readonly connectorId: string;
    readonly flowId: string;
    readonly decision: AccountDecision;
  },
  deps: FlowDeps,
): Promise<DecidedAccountChange> {
  const { principal } = decider;
  const { connectorId, flowId, decision } = request;
  const change = await findAccountChange(decider, connectorId, deps);
  if (change.flowId !== flowId) throw new FlowError('nothing_to_decide');
  const profileUid = profileUidOf(principal);
  const about = { connectorId, profileUid, flowId, actor: principal };
  if (decision === 'keep') {
    return ensureDecided(await deps.grants.decideAccountChange({ ...about, decision }));
  }
  if (!change.isSameBrowser) {
    const errorCode = 'wrong_browser';
    const event = { operation: 'oauth-connect', outcome: 'failure', connectorId } as const;
    deps.access.record(principal, { ...event, errorCode });
    throw new FlowError(errorCode);
  }
  const { client } = await openForAuthorization(principal, connectorId, deps);
  return ensureDecided(await deps.grants.decideAccountChange({ ...about, decision, client }));
}

function ensureDecided(decided: DecidedAccountChange | undefined): DecidedAccountChange {
  if (decided === undefined) throw new FlowError('nothing_to_decide');
  return decided;
}

function profileUidOf({ user }: Principal): string {
  if (user === undefined) throw new HttpError(401, 'Sign in first.');
  return user.profileUid;
}
