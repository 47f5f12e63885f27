import { fillPath, type RouteBody, type RouteParams } from '@latchkey/core/common';
import {
  type ErrorPage,
  HttpError,
  type Principal,
  type Router,
  respond,
  type ServerRequest,
  type UrlBuilder,
} from '@latchkey/core/server';
import type { ResponseMode } from '@latchkey/oauth-client';
import type { z } from 'zod';
import {
  type authorizationResponse,
  CONTINUED_FIELD,
  finishAuthorization,
  finishAuthorizationByForm,
  readContinueScript,
  readResultScript,
} from '../../../common/index.ts';
import { registerPageAsset, registerPageStyle } from '../pages/index.ts';
import { extendBrowserBinding } from './browser_binding.ts';
import { completeAuthorization } from './complete_authorization.ts';
import { renderContinuePage } from './continue_page.ts';
import type { FlowDeps } from './flow_deps.ts';
import { FlowError } from './flow_error.ts';
import {
  asFlowError,
  type FlowOutcome,
  type OutcomeResponse,
  recordOutcome,
  renderOutcome,
} from './flow_outcome.ts';
import { renderResultPage } from './result_page.ts';
import { isApiKey } from './start_flow.ts';
import type { FlowRouteServices } from './start_route.ts';
import type { PendingState } from './state_store.ts';

/** Fields of an authorization response, in both routes. */
type ResponseFields = z.output<typeof authorizationResponse>;
type CallbackHttpRequest = ServerRequest<RouteParams<typeof finishAuthorization>>;
type CallbackForm = ServerRequest<
  RouteParams<typeof finishAuthorizationByForm>,
  unknown,
  RouteBody<typeof finishAuthorizationByForm>
>;

const SCRIPT = 'application/javascript; charset=utf-8';

/** Registers the callback and the assets of its page. */
export function registerCallbackRoutes(router: Router<FlowRouteServices>): void {
  router.handle(finishAuthorization, (request, { flow }) => {
    // A HEAD request must not consume the state.
    if (request.method !== 'GET')
      throw new HttpError(405, 'Only GET is allowed here.', { headers: { allow: 'GET' } });
    return respondToCallback(request, { fields: request.query, responseMode: 'query' }, flow);
  });
  router.handle(finishAuthorizationByForm, (request, { flow }) => respondToForm(request, flow));
  registerPageStyle(router);
  registerPageAsset(router, readContinueScript, {
    type: SCRIPT,
    file: new URL('./assets/continue_page.js', import.meta.url),
  });
  registerPageAsset(router, readResultScript, {
    type: SCRIPT,
    file: new URL('./assets/result_page.js', import.meta.url),
  });
}

/** Neither reads nor writes the store for the first form, because its sender is unknown. */
async function respondToForm(request: CallbackForm, deps: FlowDeps): Promise<OutcomeResponse> {
  const { code, state, error, error_description, iss } = request.body;
  const fields = { code, state, error, error_description, iss };
  if (request.body[CONTINUED_FIELD] === undefined) {
    const path = fillPath(finishAuthorizationByForm.path, request.params);
    return respond.html(200, renderContinuePage(path, fields, deps.urls));
  }
  return respondToCallback(request, { fields, responseMode: 'form_post' }, deps);
}

/** The fields of a response and its response mode. */
interface ReceivedResponse {
  readonly fields: ResponseFields;
  readonly responseMode: ResponseMode;
}

async function respondToCallback(
  request: CallbackHttpRequest,
  received: ReceivedResponse,
  deps: FlowDeps,
): Promise<OutcomeResponse> {
  const { user, spaceId, requestId, remoteAddress } = request;
  if (user === undefined) return respondWithoutSession(request, deps);
  const principal = { user, spaceId, requestId, remoteAddress };
  const who = { principal, profileUid: user.profileUid };
  const outcome = await processCallback(request, { ...received, who }, deps);
  await recordOutcome(outcome, principal, deps);
  return renderOutcome(outcome, user.profileUid, deps);
}

/**
 * Checks the limit and consumes the state, then runs every step that can fail. A request with an
 * API key neither counts nor consumes a state.
 */
async function processCallback(
  { params: { providerKey }, cookies, remoteAddress }: CallbackHttpRequest,
  {
    fields,
    responseMode,
    who,
  }: ReceivedResponse & {
    readonly who: { readonly principal: Principal; readonly profileUid: string };
  },
  deps: FlowDeps,
): Promise<FlowOutcome> {
  let pending: PendingState | undefined;
  try {
    if (isApiKey(who.principal)) throw new FlowError('api_key_not_allowed');
    const { state, code, error, error_description: errorDescription, iss } = fields;
    await countAttempt({ state, profileUid: who.profileUid, remoteAddress }, deps);
    if (state === undefined || state === '') throw new FlowError('state_missing');
    // An unknown state and a used state cost the store the same. An expired state costs one more
    // write, because it is consumed too. Only a caller who already holds its 256 random bits can
    // observe that (attack 2).
    const consumed = await deps.states.consume(state);
    if (consumed === 'unknown') throw new FlowError('state_invalid');
    if (consumed === 'used') throw new FlowError('state_used');
    pending = consumed;
    const response = { code, error, errorDescription, iss, providerKey, responseMode };
    const outcome = await completeAuthorization({ ...who, cookies, response }, pending, deps);
    const isHeld = outcome === 'held';
    const binding = isHeld ? extendBrowserBinding(cookies, pending) : undefined;
    return { pending, failure: undefined, isHeld, binding };
  } catch (error) {
    return { pending, failure: asFlowError(error) };
  }
}

/**
 * Counts only states that were issued to this user against the limit of the user. A page of another
 * site can send the browser here many times with other states. Those count against the address, so
 * the user can still finish an authorization.
 * @throws FlowError `rate_limited`
 */
async function countAttempt(
  received: {
    readonly state: string | undefined;
    readonly profileUid: string;
    readonly remoteAddress: string;
  },
  { states, limiter, anonymousLimiter }: FlowDeps,
): Promise<void> {
  const { state = '', profileUid, remoteAddress } = received;
  const owner = state === '' ? undefined : await states.ownerOf(state);
  if (owner === profileUid) await limiter.hit('callback', profileUid);
  else anonymousLimiter.hit(remoteAddress);
}

/** Neither reads nor writes the store, and logs nothing. */
function respondWithoutSession(
  { remoteAddress }: CallbackHttpRequest,
  { anonymousLimiter, urls }: FlowDeps,
): ErrorPage {
  try {
    anonymousLimiter.hit(remoteAddress);
  } catch (error) {
    const { statusCode, message, retryAfterMs = 0 } = asFlowError(error);
    const page = { title: 'The authorization failed', text: message, isSuccess: false };
    return respond.errorPage(
      statusCode,
      renderResultPage({ ...page, broadcast: undefined }, urls),
      {
        headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
      },
    );
  }
  return askToSignIn(urls);
}

/**
 * The flow is not changed. The login page does not lead back here, because the code would have to
 * be in its URL.
 */
function askToSignIn(urls: UrlBuilder): ErrorPage {
  const page = renderResultPage(
    {
      title: 'Sign in first',
      text: 'Sign in to this server in this browser, then start the authorization again from the connector.',
      isSuccess: false,
      broadcast: undefined,
      link: { text: 'Sign in', href: urls.path('/login') },
    },
    urls,
  );
  return respond.errorPage(401, page, { headers: { 'www-authenticate': 'ApiKey' } });
}
