import {
  type AuthenticatedUser,
  HttpError,
  type Principal,
  type RouteResponse,
  type Router,
  respond,
  type ServerRequest,
} from '@latchkey/core/server';
import { z } from 'zod';
import {
  ensureMayAuthorize,
  FlowError,
  mapPageError,
  startFlow,
  startLinkPath,
} from '../flow/index.ts';
import {
  askToSignIn,
  FORM_PAGE_HEADERS,
  isFromOwnOrigin,
  isOwnForm,
  issueFormToken,
  withErrorPage,
} from '../pages/index.ts';
import { type ConfirmationDeps, collectFacts } from './confirmation_facts.ts';
import { renderConfirmationPage, renderLeavingPage } from './confirmation_page.ts';
import { ensureTopLevelPage, isOwnClick } from './own_click.ts';

const params = z.strictObject({ connectorId: z.string().min(1).max(36) });
/** The user the link is meant for. */
const user = z.string().min(1).max(1024).optional();
const query = z.strictObject({ user });
const body = z.strictObject({ user, version: z.string().max(512), token: z.string().max(128) });

type Params = z.infer<typeof params>;
type SignedIn = Principal & { readonly user: AuthenticatedUser };

const EXPIRED = 'This page was open for too long, or in another browser. Check it again.';
const CHANGED = 'The connector has been changed since this page was opened. Check it again.';

/** Registers the link that starts an authorization, and the form of its page. */
export function registerLinkRoutes(router: Router, depsOf: () => ConfirmationDeps): void {
  router.add(
    {
      method: 'get',
      path: '/api/actions/connector/{connectorId}/oauth/start',
      access: 'public',
      summary: 'Start an OAuth authorization by link',
      description:
        'Shows a confirmation page with the user, the connector and the permissions. Only a click on a page of this server that sends `Referer` goes to the provider at once. `user` names the user the link is meant for; others are refused. Works only as a top-level page, not in a frame, an image or a script.',
      tags: ['oauth'],
      validate: { params, query },
      responses: {
        200: { description: 'The confirmation page.' },
        302: { description: 'Redirect to the provider, after a click on a page of this server.' },
        403: {
          description: 'The link is meant for another user, or the request is not a navigation.',
        },
      },
      options: { isPage: true },
    },
    (request) => {
      const deps = depsOf();
      return withErrorPage(request, pageFor(deps), () => followLink(request, deps));
    },
  );
  router.add(
    {
      method: 'post',
      path: '/api/actions/connector/{connectorId}/oauth/start',
      access: 'public',
      summary: 'Confirm an authorization that was started by link',
      description: 'The form of the confirmation page. Its token is valid for that page only.',
      tags: ['oauth'],
      // Origin and token prove that the form comes from our own page.
      security: { authentication: 'optional', xsrfRequired: false },
      validate: { params, body },
      responses: {
        200: { description: 'A page that sends the browser to the provider at once.' },
        401: { description: 'The browser has no session.' },
        403: { description: 'The form does not come from our page; the page is shown again.' },
        409: { description: 'The connector was changed; the page is shown again.' },
      },
      options: { bodyFormat: 'form', maxBodyBytes: 8192 },
    },
    (request) => {
      const deps = depsOf();
      return withErrorPage(request, pageFor(deps), () => confirm(request, deps));
    },
  );
}

function pageFor({ urls }: ConfirmationDeps) {
  return { urls, title: 'The authorization cannot start', mapError: mapPageError };
}

async function followLink(
  request: ServerRequest<Params, z.infer<typeof query>>,
  deps: ConfirmationDeps,
): Promise<RouteResponse> {
  ensureTopLevelPage(request);
  const principal = signedIn(request);
  ensureForUser(principal, request.query.user);
  const { connectorId } = request.params;
  if (!isOwnClick(request)) return askToConfirm(request, { intended: request.query.user }, deps);
  const { cookie, authorizationUrl } = await startFlow(
    { principal, connectorId, returnUrl: undefined },
    deps,
  );
  return respond.redirect(authorizationUrl, { cookies: [cookie] });
}

async function confirm(
  request: ServerRequest<Params, unknown, z.infer<typeof body>>,
  deps: ConfirmationDeps,
): Promise<RouteResponse> {
  const { connectorId } = request.params;
  // Must be the first check: browsers send no session with a form of another site, and that site
  // would choose the connector that the link to the login page returns to.
  if (!isFromOwnOrigin(request, deps.urls)) {
    const errorCode = 'cross_site';
    const event = { operation: 'oauth-start', outcome: 'failure', connectorId, errorCode } as const;
    // Requests without a user must not fill the audit log.
    if (request.user !== undefined) deps.access.record(request, event);
    throw new HttpError(403, 'An authorization can only be confirmed on the page of this server.');
  }
  if (request.user === undefined) return askToSignInAgain(request, deps);
  const principal = signedIn(request);
  const { version, token, user: intended } = request.body;
  ensureForUser(principal, intended);
  if (!isOwnForm(request, token, purposeOf(principal, connectorId, version)))
    return askToConfirm(request, { intended, status: 403, notice: EXPIRED }, deps);
  try {
    const { cookie, authorizationUrl } = await startFlow(
      { principal, connectorId, returnUrl: undefined, connectorVersion: version },
      deps,
    );
    const provider = URL.parse(authorizationUrl)?.host ?? 'the provider';
    return respond.html(200, renderLeavingPage({ provider, authorizationUrl }, deps.urls), {
      cookies: [cookie],
    });
  } catch (error) {
    if (!(error instanceof FlowError && error.code === 'connector_changed')) throw error;
    return askToConfirm(request, { intended, status: 409, notice: CHANGED }, deps);
  }
}

/** Does not count as an attempt and writes nothing, because the user has not confirmed yet. */
async function askToConfirm(
  request: ServerRequest<Params>,
  page: {
    readonly intended: string | undefined;
    readonly status?: number;
    readonly notice?: string;
  },
  deps: ConfirmationDeps,
): Promise<RouteResponse> {
  const { connectorId } = request.params;
  const principal = signedIn(request);
  await ensureMayAuthorize(principal, connectorId, deps);
  const facts = await collectFacts(principal, connectorId, deps);
  const { version } = facts.connector;
  const purpose = purposeOf(principal, connectorId, version);
  const { token, cookie } = issueFormToken(request, purpose, deps.randomness);
  const { intended, status = 200, notice } = page;
  const fields = { version, token, ...(intended === undefined ? {} : { user: intended }) };
  return respond.html(status, renderConfirmationPage({ facts, fields, notice }, deps.urls), {
    headers: FORM_PAGE_HEADERS,
    cookies: [cookie],
  });
}

/** @throws HttpError 401 */
function signedIn({ user, spaceId, requestId }: ServerRequest): SignedIn {
  if (user === undefined) throw new HttpError(401, 'Sign in to authorize a connector.');
  return { user, spaceId, requestId };
}

/** A confirmation is valid for one user and one connector, in the version that was shown. */
function purposeOf({ user, spaceId }: SignedIn, connectorId: string, version: string) {
  return ['oauth-start', user.profileUid, spaceId, connectorId, version];
}

/** A link that was sent to another user must not work (attack 12). @throws HttpError 403 */
function ensureForUser({ user }: SignedIn, intended: string | undefined): void {
  if (intended === undefined || intended === user.username) return;
  throw new HttpError(
    403,
    `This link is meant for [${intended}], and you are signed in as [${user.username}]. Sign in as [${intended}] and open it again, or ask for a link of your own. Nothing was started.`,
  );
}

function askToSignInAgain(
  request: ServerRequest<Params, unknown, z.infer<typeof body>>,
  { urls }: ConfirmationDeps,
): RouteResponse {
  const { user: intended } = request.body;
  const link = urls.path(startLinkPath(request.params.connectorId), request.spaceId);
  const next = intended === undefined ? link : `${link}?user=${encodeURIComponent(intended)}`;
  return askToSignIn(next, urls);
}
