import {
  type CookieToSet,
  type ErrorPage,
  type RouteResponse,
  respond,
  type UrlBuilder,
} from '@latchkey/core/server';
import { accountChangePath, startLinkPath } from '../../../common/index.ts';
import { PAGE_TEXTS, type PageLink, type PageRequest, type PageServices } from '../pages/index.ts';
import { removeBrowserBinding } from './browser_binding.ts';
import type { FlowError } from './flow_error.ts';
import type { EndedFlow, FlowOutcome } from './flow_outcome.ts';
import { FLOW_RESPONSES } from './flow_responses.ts';
import { FLOW_TEXTS } from './flow_texts.ts';
import { textsOf, titleOf } from './page_problems.ts';
import { type ResultPage, renderResultPage } from './result_page.ts';
import { withResult } from './return_url.ts';

/** Page of the web app that lists the user's connections. */
const MY_CONNECTIONS_PATH = '/app/my_connections';

/** Response to the browser at the end of a flow. */
export type OutcomeResponse =
  | RouteResponse<200, string>
  | RouteResponse<302, undefined>
  | ErrorPage;

/**
 * Redirects the browser to the return URL, or shows the result page with the HTTP status of the
 * result.
 */
export async function renderOutcome(
  outcome: FlowOutcome,
  request: PageRequest,
  { pages, urls }: PageServices,
): Promise<OutcomeResponse> {
  const { failure, isHeld, binding } = outcome;
  if (isHeld === true && outcome.pending !== undefined)
    return askForAccount(outcome.pending, binding, urls);
  const pending = showable(outcome, request.user?.profileUid);
  const cookies: CookieToSet[] =
    pending === undefined ? [] : [removeBrowserBinding(pending.flowId)];
  const location = returnLocation(outcome, pending, urls);
  if (location !== undefined) return respond.redirect(location, { cookies });
  const appearance = await pages.appearanceFor(request);
  if (failure === undefined) {
    return respond.html(200, renderResultPage(successPage(pending, urls), appearance, urls), {
      cookies,
    });
  }
  const page = renderResultPage(failurePage({ failure, pending, request }, urls), appearance, urls);
  const { statusCode, retryAfterMs } = failure;
  return respond.errorPage(statusCode, page, {
    cookies,
    ...(retryAfterMs === undefined
      ? {}
      : { headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } }),
  });
}

/**
 * Redirects to the page that asks which account to use. A redirect, so that the URL contains no
 * code and the page can be reloaded.
 */
function askForAccount(
  { connectorId, spaceId, flowId }: EndedFlow,
  binding: CookieToSet | undefined,
  urls: UrlBuilder,
): RouteResponse<302, undefined> {
  const page = `${urls.path(accountChangePath(connectorId), spaceId)}?flow=${flowId}`;
  return respond.redirect(page, { cookies: binding === undefined ? [] : [binding] });
}

/**
 * Returns the flow that the user may see. An expired flow of another user must look like an unknown
 * one (A2).
 */
function showable(
  { pending, failure }: FlowOutcome,
  profileUid: string | undefined,
): EndedFlow | undefined {
  const hides = failure?.code === 'state_expired' && pending?.createdBy !== profileUid;
  return hides ? undefined : pending;
}

/**
 * Returns the URL to which the browser returns. `undefined`: the flow has no return URL or belongs
 * to another user, or the server has no public URL.
 */
function returnLocation(
  { failure }: FlowOutcome,
  pending: EndedFlow | undefined,
  { publicBaseUrl }: UrlBuilder,
): string | undefined {
  if (pending?.kibanaReturnUrl === undefined || publicBaseUrl === undefined) return undefined;
  if (failure?.code === 'wrong_user') return undefined;
  return withResult(pending.kibanaReturnUrl, publicBaseUrl, {
    connectorId: pending.connectorId,
    statusCode: failure?.statusCode ?? 200,
    error: failure?.message,
  });
}

function successPage(pending: EndedFlow | undefined, urls: UrlBuilder): ResultPage {
  return {
    title: FLOW_TEXTS.connected,
    texts: [{ text: FLOW_TEXTS.connectedText }],
    isSuccess: true,
    broadcast: pending && broadcastOf(pending, undefined),
    links: [linkToApp(pending, urls)],
  };
}

function failurePage(
  {
    failure,
    pending,
    request,
  }: {
    readonly failure: FlowError;
    readonly pending: EndedFlow | undefined;
    readonly request: PageRequest;
  },
  urls: UrlBuilder,
): ResultPage {
  const canStartAgain =
    FLOW_RESPONSES[failure.code].canStartAgain === true && pending !== undefined;
  // If the user keeps the account, the page shows a success. Only the waiting page that started the
  // flow is told that no new account was connected.
  const isSuccess = failure.code === 'account_kept';
  // The flow of another user must not decide which page this user continues on.
  const back = linkToApp(failure.code === 'wrong_user' ? undefined : pending, urls);
  return {
    title: titleOf(failure),
    texts: textsOf(failure),
    detail: failure.detail,
    isSuccess,
    broadcast: pending && broadcastOf(pending, failure),
    ...(pending === undefined ? unknownStateOf(failure) : {}),
    links: canStartAgain ? [linkToStart(pending, urls), back] : [back],
    // Without a user, the failure is not logged, so there is no id to look for.
    reference: isSuccess || request.user === undefined ? undefined : request.requestId,
  };
}

/**
 * Returns the code that the opener is told for an unknown state. An expired flow of another user
 * must look like an unknown one (A2). Above the limit the state is not read and the code of the
 * provider is lost, so the opener must end its attempt as well.
 */
function unknownStateOf({ code }: FlowError): Pick<ResultPage, 'unknownState'> {
  if (code === 'state_missing' || code === 'rate_limited') return { unknownState: code };
  const isUnknown = code === 'state_invalid' || code === 'state_expired';
  return isUnknown ? { unknownState: 'state_invalid' } : {};
}

function broadcastOf(
  { connectorId, flowId }: EndedFlow,
  failure: FlowError | undefined,
): NonNullable<ResultPage['broadcast']> {
  const { statusCode = 200, message } = failure ?? {};
  return {
    connectorId,
    status: failure === undefined ? 'success' : 'error',
    statusCode,
    ...(message === undefined ? {} : { error: message }),
    flowId,
  };
}

/**
 * Returns a link to the page with the user's connection. There an authorization ends that was
 * started by a link. If the flow is unknown, links to the first page of the web app.
 */
function linkToApp(flow: EndedFlow | undefined, urls: UrlBuilder): PageLink {
  if (flow === undefined) return { text: PAGE_TEXTS.backToApp, href: urls.path('/') };
  const page = urls.path(MY_CONNECTIONS_PATH, flow.spaceId);
  return {
    text: FLOW_TEXTS.myConnections,
    href: `${page}?connector=${encodeURIComponent(flow.connectorId)}`,
  };
}

function linkToStart({ connectorId, spaceId }: EndedFlow, urls: UrlBuilder): PageLink {
  return { text: FLOW_TEXTS.startAgain, href: urls.path(startLinkPath(connectorId), spaceId) };
}
