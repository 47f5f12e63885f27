import {
  HttpError,
  type RouteResponse,
  type Router,
  respond,
  type ServerRequest,
} from '@latchkey/core/server';
import { z } from 'zod';
import type { AccountChange, ReleasedRevocation } from '../../types.ts';
import {
  accountChangePath,
  type EndedFlow,
  type FlowDeps,
  FlowError,
  mapPageError,
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

const params = z.strictObject({ connectorId: z.string().min(1).max(36) });
const flow = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not the id of an authorization');
const decision = z.enum(['keep', 'change']);
const query = z.strictObject({ flow: flow.optional() });
const form = z.strictObject({ flow, decision, token: z.string().max(128) });

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

type Params = z.infer<typeof params>;

/**
 * Registers the page and the API by which users decide about an account. The page works without
 * scripts.
 */
export function registerAccountChangeRoutes(router: Router, depsOf: () => FlowDeps): void {
  registerPage(router, depsOf);
  registerAccountChangeApi(router, depsOf);
}

function registerPage(router: Router, depsOf: () => FlowDeps): void {
  router.add(
    {
      method: 'get',
      path: '/api/actions/connector/{connectorId}/oauth/account_change',
      access: 'public',
      summary: 'Ask which account to use',
      description:
        'The last page of an authorization whose account differs from the connected account. The connected account stays in use until the user decides.',
      tags: ['oauth'],
      validate: { params, query },
      responses: {
        200: { description: 'The page.' },
        404: { description: 'There is no pending change.' },
      },
      options: { isPage: true },
    },
    (request) => {
      const deps = depsOf();
      return withErrorPage(request, pageFor(deps), () => ask(request, deps));
    },
  );
  router.add(
    {
      method: 'post',
      path: '/api/actions/connector/{connectorId}/oauth/account_change',
      access: 'public',
      summary: 'Keep or change the account on a page',
      description: 'The form of the page. Its token is valid for that page only.',
      tags: ['oauth'],
      // Origin and token prove that the form comes from our own page.
      security: { authentication: 'optional', xsrfRequired: false },
      validate: { params, body: form },
      responses: {
        200: { description: 'A page confirming the change of account.' },
        302: { description: 'Redirect to the return URL of the authorization.' },
        401: { description: 'The browser has no session.' },
        403: {
          description:
            'The form does not come from our page, or the browser is not the one that authorized.',
        },
        409: { description: 'A page confirming that the account was kept.' },
      },
      options: { bodyFormat: 'form', maxBodyBytes: 8192 },
    },
    (request) => {
      const deps = depsOf();
      return withErrorPage(request, pageFor(deps), () => decideOnPage(request, deps));
    },
  );
}

function pageFor({ urls }: FlowDeps) {
  return { urls, title: 'Nothing was changed', mapError: mapPageError };
}

async function ask(
  request: ServerRequest<Params, z.infer<typeof query>>,
  deps: FlowDeps,
): Promise<RouteResponse> {
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
  request: ServerRequest<Params, unknown, z.infer<typeof form>>,
  deps: FlowDeps,
): Promise<RouteResponse> {
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
