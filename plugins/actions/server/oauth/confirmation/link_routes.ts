import type { LocalizedText, RouteBody, RouteParams, RouteQuery } from '@latchkey/core/common';
import {
  type ErrorPage,
  HttpError,
  type Randomness,
  type RouteResponse,
  type Router,
  respond,
  type ServerRequest,
} from '@latchkey/core/server';
import { confirmStart, followStartLink, startLinkPath } from '../../../common/index.ts';
import type { AccessControl } from '../../audit/index.ts';
import {
  type AuthorizationFlow,
  explainPageError,
  FlowError,
  type SignedInPrincipal,
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
import type { ConfirmationContentReader } from './confirmation_content.ts';
import { renderConfirmationPage, renderLeavingPage } from './confirmation_page.ts';
import { CONFIRMATION_TEXTS } from './confirmation_texts.ts';
import { ensureTopLevelPage, isOwnClick } from './own_click.ts';

/** Maximum characters of a username in a link that a page shows. */
const MAX_SHOWN_NAME = 100;

/** Services that the handlers of the link routes call. */
export interface LinkRouteServices extends PageServices {
  readonly flow: Pick<AuthorizationFlow, 'start'>;
  readonly confirmationContent: ConfirmationContentReader;
  readonly access: AccessControl;
  readonly randomness: Pick<Randomness, 'bytes'>;
}

type Params = RouteParams<typeof followStartLink>;
type ConfirmRequest = ServerRequest<Params, unknown, RouteBody<typeof confirmStart>>;
/** The confirmation page, or an error page. A page that is shown again has status 403 or 409. */
type ConfirmationResponse = RouteResponse<200, string> | ErrorPage;

/** Registers the link that starts an authorization, and the form of the confirmation page. */
export function registerLinkRoutes(router: Router<LinkRouteServices>): void {
  router.handle(followStartLink, (request, services) =>
    withErrorPage(request, pageFor(services), () => followLink(request, services)),
  );
  router.handle(confirmStart, (request, services) =>
    withErrorPage(request, pageFor(services), () => confirm(request, services)),
  );
}

function pageFor({ pages, urls }: LinkRouteServices) {
  return { pages, urls, title: CONFIRMATION_TEXTS.cannotStart, explain: explainPageError };
}

async function followLink(
  request: ServerRequest<Params, RouteQuery<typeof followStartLink>>,
  services: LinkRouteServices,
): Promise<ConfirmationResponse | RouteResponse<302, undefined>> {
  ensureTopLevelPage(request);
  const principal = signedIn(request);
  ensureForUser(principal, request.query.user);
  const { connectorId } = request.params;
  if (!isOwnClick(request))
    return askToConfirm(request, { intended: request.query.user }, services);
  const { cookie, authorizationUrl } = await services.flow.start({
    principal,
    connectorId,
    returnUrl: undefined,
  });
  return respond.redirect(authorizationUrl, { cookies: [cookie] });
}

async function confirm(
  request: ConfirmRequest,
  services: LinkRouteServices,
): Promise<ConfirmationResponse> {
  const { connectorId } = request.params;
  // This check must be the first. Browsers send no session with a form of another site, and the
  // next step would show a login page whose link leads to a connector that the other site has
  // chosen.
  if (!isFromOwnOrigin(request, services.urls)) {
    const errorCode = 'cross_site';
    const event = { operation: 'oauth-start', outcome: 'failure', connectorId, errorCode } as const;
    // Requests without a user write no audit event, so that they cannot fill the audit log.
    if (request.user !== undefined) services.access.record(request, event);
    throw new PageRefusal(403, { code: errorCode, text: CONFIRMATION_TEXTS.ownPage });
  }
  if (request.user === undefined) return askToSignInAgain(request, services);
  const principal = signedIn(request);
  const { version, token, user: intended } = request.body;
  ensureForUser(principal, intended);
  if (!isOwnForm(request, token, purposeOf(principal, connectorId, version)))
    return askToConfirm(
      request,
      { intended, refused: { status: 403, notice: CONFIRMATION_TEXTS.expired } },
      services,
    );
  try {
    const { cookie, authorizationUrl } = await services.flow.start({
      principal,
      connectorId,
      returnUrl: undefined,
      connectorVersion: version,
    });
    const appearance = await services.pages.appearanceFor(request);
    const page = renderLeavingPage(authorizationUrl, appearance, services.urls);
    return respond.html(200, page, { cookies: [cookie] });
  } catch (error) {
    if (!(error instanceof FlowError && error.code === 'connector_changed')) throw error;
    return askToConfirm(
      request,
      { intended, refused: { status: 409, notice: CONFIRMATION_TEXTS.changed } },
      services,
    );
  }
}

async function askToConfirm(
  request: ServerRequest<Params>,
  page: {
    readonly intended: string | undefined;
    /** Why the page is shown again. Absent: it is shown for the first time. */
    readonly refused?: { readonly status: 403 | 409; readonly notice: LocalizedText };
  },
  services: LinkRouteServices,
): Promise<ConfirmationResponse> {
  const { connectorId } = request.params;
  const principal = signedIn(request);
  const content = await services.confirmationContent.read(principal, connectorId);
  const { version } = content.connector;
  const purpose = purposeOf(principal, connectorId, version);
  const { token, cookie } = issueFormToken(request, purpose, services.randomness);
  const { intended, refused } = page;
  const fields = { version, token, ...(intended === undefined ? {} : { user: intended }) };
  const notice = refused?.notice;
  const appearance = await services.pages.appearanceFor(request);
  const html = renderConfirmationPage({ content, fields, notice }, appearance, services.urls);
  const extras = { headers: FORM_PAGE_HEADERS, cookies: [cookie] };
  return refused === undefined
    ? respond.html(200, html, extras)
    : respond.errorPage(refused.status, html, extras);
}

/** Returns the principal of a request with a user. @throws HttpError 401 without a user */
function signedIn({ user, spaceId, requestId }: ServerRequest): SignedInPrincipal {
  if (user === undefined) throw new HttpError(401, 'Sign in to authorize a connector.');
  return { user, spaceId, requestId };
}

/** Purpose of the form's token: it is valid for one user, one connector and the version shown. */
function purposeOf({ user, spaceId }: SignedInPrincipal, connectorId: string, version: string) {
  return ['oauth-start', user.profileUid, spaceId, connectorId, version];
}

/** Refuses a link that was made for another user (A12). @throws HttpError 403 */
function ensureForUser({ user }: SignedInPrincipal, intended: string | undefined): void {
  if (intended === undefined || intended === user.username) return;
  throw new PageRefusal(403, {
    code: 'other_user',
    text: CONFIRMATION_TEXTS.otherUser,
    values: { intended: shownName(intended), user: user.username },
  });
}

/**
 * A username in a link, as a page shows it. Another site may have chosen the link, so the text may
 * be a message, or change the direction of the words after it. Usernames are printable ASCII.
 */
function shownName(name: string): string {
  const text = name.replaceAll(/[^ -~]/g, '?');
  return text.length > MAX_SHOWN_NAME ? `${text.slice(0, MAX_SHOWN_NAME)}…` : text;
}

function askToSignInAgain(
  request: ConfirmRequest,
  services: LinkRouteServices,
): Promise<ErrorPage> {
  const { user: intended } = request.body;
  const link = services.urls.path(startLinkPath(request.params.connectorId), request.spaceId);
  const next = intended === undefined ? link : `${link}?user=${encodeURIComponent(intended)}`;
  return askToSignIn(request, next, services);
}
