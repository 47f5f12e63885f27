import {
  type CookieToSet,
  type ErrorPage,
  type RouteResponse,
  respond,
  type UrlBuilder,
} from '@latchkey/core/server';
import { needsAnotherKey, SavedObjectError } from '@latchkey/saved-objects';
import { accountChangePath, startLinkPath } from '../../../common/index.ts';
import { removeBrowserBinding } from './browser_binding.ts';
import { FlowError } from './flow_error.ts';
import { FLOW_RESPONSES } from './flow_responses.ts';
import { type ResultPage, renderResultPage } from './result_page.ts';
import { withResult } from './return_url.ts';
import type { PendingState } from './state_store.ts';

/** Page of the web app. */
const MY_CONNECTIONS_PATH = '/app/my_connections';

/** Page titles of failures that are not errors for the user. */
const TITLES: Partial<Record<FlowError['code'], string>> = {
  state_used: 'Nothing left to do',
  account_kept: 'Nothing was changed',
  nothing_to_decide: 'Nothing left to decide',
};

/** The end of a flow, before it is shown on a page or put into a return URL. */
export interface FlowOutcome {
  /** The flow that has ended. `undefined`: no flow was found. */
  readonly pending: EndedFlow | undefined;
  /** Reason of the failure. `undefined`: the user is connected. */
  readonly failure: FlowError | undefined;
  /** `true`: the user has to decide about another account. */
  readonly isHeld?: boolean;
  /** Cookie that lets the browser decide. */
  readonly binding?: CookieToSet | undefined;
}

/** State of a flow at its end. */
export type EndedFlow = Pick<
  PendingState,
  'flowId' | 'connectorId' | 'spaceId' | 'createdBy' | 'kibanaReturnUrl'
>;

/** Maps every unexpected error to a general failure for the user. Its cause is for the operator. */
export function asFlowError(error: unknown): FlowError {
  if (error instanceof FlowError) return error;
  const code = error instanceof SavedObjectError ? error.code : undefined;
  if (code === 'store_unavailable' || needsAnotherKey(error))
    return new FlowError('store_unavailable', { cause: error });
  // The verifier cannot be decrypted, or the row was changed in the store.
  if (code === 'undecryptable') return new FlowError('state_invalid', { cause: error });
  return new FlowError('unexpected', { cause: error });
}

/**
 * A held authorization has neither failed nor connected an account. The decision has its own audit
 * event.
 */
export function auditOutcomeOf({
  failure,
  isHeld,
}: FlowOutcome): 'success' | 'failure' | 'unknown' {
  if (failure !== undefined) return 'failure';
  return isHeld === true ? 'unknown' : 'success';
}

/** Response to a browser at the end of a flow. */
export type OutcomeResponse =
  | RouteResponse<200, string>
  | RouteResponse<302, undefined>
  | ErrorPage;

/**
 * Redirects the browser to the return URL, or shows the page with the real status.
 * @param profileUid id of the user; `undefined`: nobody is signed in
 */
export function renderOutcome(
  outcome: FlowOutcome,
  profileUid: string | undefined,
  urls: UrlBuilder,
): OutcomeResponse {
  const { failure, isHeld, binding } = outcome;
  if (isHeld === true && outcome.pending !== undefined)
    return askForAccount(outcome.pending, binding, urls);
  const pending = showable(outcome, profileUid);
  const cookies: CookieToSet[] =
    pending === undefined ? [] : [removeBrowserBinding(pending.flowId)];
  const location = returnLocation(outcome, pending, urls);
  if (location !== undefined) return respond.redirect(location, { cookies });
  const page = renderResultPage(pageOf(failure, pending, urls), urls);
  if (failure === undefined) return respond.html(200, page, { cookies });
  const { statusCode, retryAfterMs } = failure;
  return respond.errorPage(statusCode, page, {
    cookies,
    ...(retryAfterMs === undefined
      ? {}
      : { headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } }),
  });
}

/** The page has its own URL without the code, so that it can be reloaded. */
function askForAccount(
  { connectorId, spaceId, flowId }: EndedFlow,
  binding: CookieToSet | undefined,
  urls: UrlBuilder,
): RouteResponse<302, undefined> {
  const page = `${urls.path(accountChangePath(connectorId), spaceId)}?flow=${flowId}`;
  return respond.redirect(page, { cookies: binding === undefined ? [] : [binding] });
}

/** An expired flow of another user looks exactly like an unknown one (A2). */
function showable(
  { pending, failure }: FlowOutcome,
  profileUid: string | undefined,
): EndedFlow | undefined {
  const hides = failure?.code === 'state_expired' && pending?.createdBy !== profileUid;
  return hides ? undefined : pending;
}

/**
 * Returns the URL to which the browser returns. `undefined`: the flow has no return URL, or belongs
 * to another user.
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

/** The page with the user's connection, where an authorization that a link started ends. */
function linkToConnection({ connectorId, spaceId }: EndedFlow, urls: UrlBuilder) {
  const page = urls.path(MY_CONNECTIONS_PATH, spaceId);
  return {
    text: 'Go to My connections',
    href: `${page}?connector=${encodeURIComponent(connectorId)}`,
  };
}

function pageOf(
  failure: FlowError | undefined,
  pending: EndedFlow | undefined,
  urls: UrlBuilder,
): ResultPage {
  const broadcast = pending && {
    connectorId: pending.connectorId,
    status: failure === undefined ? ('success' as const) : ('error' as const),
    statusCode: failure?.statusCode ?? 200,
    ...(failure === undefined ? {} : { error: failure.message }),
    flowId: pending.flowId,
  };
  if (failure === undefined) {
    return {
      title: 'You are connected',
      text: 'The connector can now act with your account.',
      isSuccess: true,
      broadcast,
      ...(pending === undefined ? {} : { link: linkToConnection(pending, urls) }),
    };
  }
  const canStartAgain =
    FLOW_RESPONSES[failure.code].canStartAgain === true && pending !== undefined;
  return {
    title: TITLES[failure.code] ?? 'The authorization failed',
    text: failure.message,
    // The user chose this. Only the window that waits for the flow learns that no account was
    // connected.
    isSuccess: failure.code === 'account_kept',
    broadcast,
    ...(pending === undefined ? unknownStateOf(failure) : {}),
    ...(canStartAgain
      ? {
          link: {
            text: 'Start again',
            href: urls.path(startLinkPath(pending.connectorId), pending.spaceId),
          },
        }
      : {}),
  };
}

/** An expired flow of another user looks exactly like an unknown one (A2). */
function unknownStateOf({ code }: FlowError): Pick<ResultPage, 'unknownState'> {
  if (code === 'state_missing') return { unknownState: code };
  const isUnknown = code === 'state_invalid' || code === 'state_expired';
  return isUnknown ? { unknownState: 'state_invalid' } : {};
}
