import type { RouteBody, RouteParams, RouteQuery } from '@latchkey/core/common';
import {
  HttpError,
  type RouteResponse,
  type Router,
  respond,
  type ServerRequest,
} from '@latchkey/core/server';
import {
  accountChangePath,
  decideOnAccountPage,
  showAccountChange,
} from '../../../common/index.ts';
import type { AccountChange, ReleasedRevocation } from '../../types.ts';
import {
  type EndedFlow,
  type FlowDeps,
  FlowError,
  type FlowRouteServices,
  mapPageError,
  type OutcomeResponse,
  renderOutcome,
} from '../flow/index.ts';
import {
  askToSignIn,
  FORM_PAGE_HEADERS,
  isFromOwnOrigin,
  isOwnForm,
  issueFormToken,
  withErrorPage,
} from '../pages/index.ts';
import { registerAccountChangeApi } from './account_change_api.ts';
import { renderAccountChangePage } from './account_change_page.ts';
import { decideAccount, findAccountChange } from './decide_account.ts';

/**
 * Text for a user who keeps the connected account: the result of revoking the new authorization.
 */
const REVOCATIONS: Record<ReleasedRevocation, string> = {
  revoked: 'The new authorization was revoked.',
  waiting:
    'The new authorization could not be revoked yet. This server tries again until the provider accepts it.',
  unsupported:
    'This provider offers no way to revoke the new authorization. Remove it in the settings of your account there.',
  with_connected:
    'The new authorization is revoked together with the connected one, because this provider cannot revoke it alone.',
};

type Params = RouteParams<typeof showAccountChange>;

/** Registers the page and the API by which users decide about an account. */
export function registerAccountChangeRoutes(router: Router<FlowRouteServices>): void {
  router.handle(showAccountChange, (request, { flow }) =>
    withErrorPage(request, pageFor(flow), () => ask(request, flow)),
  );
  router.handle(decideOnAccountPage, (request, { flow }) =>
    withErrorPage(request, pageFor(flow), () => decideOnPage(request, flow)),
  );
  registerAccountChangeApi(router);
}

function pageFor({ urls }: FlowDeps) {
  return { urls, title: 'Nothing was changed', mapError: mapPageError };
}

async function ask(
  request: ServerRequest<Params, RouteQuery<typeof showAccountChange>>,
  deps: FlowDeps,
): Promise<RouteResponse<200, string>> {
  const { connectorId } = request.params;
  const { spaceId } = request;
  const change = await findAccountChange(
    { principal: request, cookies: request.cookies },
    connectorId,
    deps,
  );
  if (request.query.flow !== undefined && request.query.flow !== change.flowId)
    throw new FlowError('nothing_to_decide');
  const connector = await deps.connectors.readDecrypted(connectorId, spaceId);
  const purpose = purposeOf(request, connectorId, change.flowId);
  const { token, cookie } = issueFormToken(request, purpose, deps.randomness);
  const page = renderAccountChangePage(
    {
      connector: { id: connectorId, name: connector?.name ?? connectorId, spaceId },
      change,
      minutesLeft: Math.max(1, Math.floor((change.until.getTime() - deps.clock.now()) / 60_000)),
      fields: { flow: change.flowId, token },
    },
    deps.urls,
  );
  return respond.html(200, page, { headers: FORM_PAGE_HEADERS, cookies: [cookie] });
}

async function decideOnPage(
  request: ServerRequest<Params, unknown, RouteBody<typeof decideOnAccountPage>>,
  deps: FlowDeps,
): Promise<OutcomeResponse> {
  const { user, cookies, body } = request;
  const { connectorId } = request.params;
  // Must be the first check: browsers send no session with a form of another site.
  if (!isFromOwnOrigin(request, deps.urls)) throw notOwnForm();
  if (user === undefined) {
    const page = deps.urls.path(accountChangePath(connectorId), request.spaceId);
    return askToSignIn(`${page}?flow=${body.flow}`, deps.urls);
  }
  if (!isOwnForm(request, body.token, purposeOf(request, connectorId, body.flow)))
    throw notOwnForm();
  const change = await decideAccount(
    { principal: request, cookies },
    { connectorId, flowId: body.flow, decision: body.decision },
    deps,
  );
  const failure =
    body.decision === 'keep'
      ? new FlowError('account_kept', { addition: REVOCATIONS[change.revocation ?? 'waiting'] })
      : undefined;
  const pending = endedFlow(change, {
    connectorId,
    spaceId: request.spaceId,
    createdBy: user.profileUid,
  });
  return renderOutcome({ pending, failure }, user.profileUid, deps);
}

function notOwnForm(): HttpError {
  return new HttpError(403, 'Open the page again and decide there.');
}

function endedFlow(
  { flowId, returnUrl }: AccountChange,
  of: Pick<EndedFlow, 'connectorId' | 'spaceId' | 'createdBy'>,
): EndedFlow {
  return { ...of, flowId, ...(returnUrl === undefined ? {} : { kibanaReturnUrl: returnUrl }) };
}

function purposeOf({ user, spaceId }: ServerRequest, connectorId: string, flowId: string) {
  return ['account-change', user?.profileUid ?? '', spaceId, connectorId, flowId];
}
