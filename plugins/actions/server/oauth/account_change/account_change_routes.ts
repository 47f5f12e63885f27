import type { RouteBody, RouteParams, RouteQuery } from '@latchkey/core/common';
import {
  type Clock,
  type Randomness,
  type RouteResponse,
  type Router,
  respond,
  type ServerRequest,
} from '@latchkey/core/server';
import {
  accountChangePath,
  decideAccountChange,
  decideOnAccountPage,
  getAccountChange,
  showAccountChange,
} from '../../../common/index.ts';
import {
  accountChangeBodyOf,
  type EndedFlow,
  explainPageError,
  FlowError,
  type OutcomeResponse,
  renderOutcome,
} from '../flow/index.ts';
import {
  askToSignIn,
  FORM_PAGE_HEADERS,
  isFromOwnOrigin,
  isOwnForm,
  issueFormToken,
  PageRefusal,
  type PageServices,
  withErrorPage,
} from '../pages/index.ts';
import type { AccountChange } from '../tokens/index.ts';
import { renderAccountChangePage } from './account_change_page.ts';
import { ACCOUNT_CHANGE_TEXTS, REVOCATION_TEXTS } from './account_change_texts.ts';
import type { AccountDecisions } from './account_decisions.ts';

/** Services that the handlers of the page and of the API call. */
export interface AccountChangeRouteServices extends PageServices {
  readonly accountDecisions: AccountDecisions;
  readonly clock: Pick<Clock, 'now'>;
  readonly randomness: Pick<Randomness, 'bytes'>;
}

type Params = RouteParams<typeof showAccountChange>;

/** Registers the page and the API by which users decide about an account. */
export function registerAccountChangeRoutes(router: Router<AccountChangeRouteServices>): void {
  router.handle(showAccountChange, (request, services) =>
    withErrorPage(request, pageFor(services), () => ask(request, services)),
  );
  router.handle(decideOnAccountPage, (request, services) =>
    withErrorPage(request, pageFor(services), () => decideOnPage(request, services)),
  );
  registerApi(router);
}

/** Registers the API with which the user interface and programs decide about an account. */
function registerApi(router: Router<AccountChangeRouteServices>): void {
  router.handle(getAccountChange, async (request, { accountDecisions }) => {
    const { cookies, params } = request;
    const change = await accountDecisions.find({ principal: request, cookies }, params.connectorId);
    return respond.ok(accountChangeBodyOf(change));
  });
  router.handle(decideAccountChange, async (request, { accountDecisions }) => {
    const { cookies, params } = request;
    const { flow_id: flowId, decision } = request.body;
    const change = await accountDecisions.decide(
      { principal: request, cookies },
      { connectorId: params.connectorId, flowId, decision },
    );
    const connected = decision === 'keep' ? change.from : change.to;
    const { revocation } = change;
    return respond.ok({
      decision,
      ...(connected === undefined ? {} : { account: connected }),
      ...(revocation === undefined ? {} : { revocation }),
    });
  });
}

function pageFor({ pages, urls }: AccountChangeRouteServices) {
  return { pages, urls, title: ACCOUNT_CHANGE_TEXTS.nothingChanged, explain: explainPageError };
}

async function ask(
  request: ServerRequest<Params, RouteQuery<typeof showAccountChange>>,
  services: AccountChangeRouteServices,
): Promise<RouteResponse<200, string>> {
  const { connectorId } = request.params;
  const { spaceId } = request;
  const { accountDecisions, pages, urls, clock, randomness } = services;
  const decider = { principal: request, cookies: request.cookies };
  const change = await accountDecisions.find(decider, connectorId);
  if (request.query.flow !== undefined && request.query.flow !== change.flowId)
    throw new FlowError('nothing_to_decide');
  if (change.connector.kind === 'unreadable') throw change.connector.reason;
  const { name } = change.connector.connector;
  const purpose = purposeOf(request, connectorId, change.flowId);
  const { token, cookie } = issueFormToken(request, purpose, randomness);
  const page = renderAccountChangePage(
    {
      connector: { id: connectorId, name, spaceId },
      change,
      minutesLeft: Math.max(1, Math.floor((change.until.getTime() - clock.now()) / 60_000)),
      fields: { flow: change.flowId, token },
    },
    await pages.appearanceFor(request),
    urls,
  );
  return respond.html(200, page, { headers: FORM_PAGE_HEADERS, cookies: [cookie] });
}

async function decideOnPage(
  request: ServerRequest<Params, unknown, RouteBody<typeof decideOnAccountPage>>,
  services: AccountChangeRouteServices,
): Promise<OutcomeResponse> {
  const { user, cookies, body } = request;
  const { connectorId } = request.params;
  const { accountDecisions, urls } = services;
  // This check must be the first, because browsers send no session with a form of another site.
  if (!isFromOwnOrigin(request, urls)) throw notOwnForm();
  if (user === undefined) {
    const page = urls.path(accountChangePath(connectorId), request.spaceId);
    return askToSignIn(request, `${page}?flow=${body.flow}`, services);
  }
  if (!isOwnForm(request, body.token, purposeOf(request, connectorId, body.flow)))
    throw notOwnForm();
  const change = await accountDecisions.decide(
    { principal: request, cookies },
    { connectorId, flowId: body.flow, decision: body.decision },
  );
  const failure =
    body.decision === 'keep'
      ? new FlowError('account_kept', {
          addition: REVOCATION_TEXTS[change.revocation ?? 'waiting'],
        })
      : undefined;
  const pending = endedFlow(change, {
    connectorId,
    spaceId: request.spaceId,
    createdBy: user.profileUid,
  });
  return renderOutcome({ pending, failure }, request, services);
}

function notOwnForm(): PageRefusal {
  return new PageRefusal(403, { code: 'not_own_form', text: ACCOUNT_CHANGE_TEXTS.decideThere });
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
