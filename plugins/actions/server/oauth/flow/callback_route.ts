import {
  HttpError,
  type Principal,
  type RouteResponse,
  type Router,
  respond,
  type ServerRequest,
  type UrlBuilder,
} from '@latchkey/core/server';
import type { ResponseMode } from '@latchkey/oauth-client';
import { z } from 'zod';
import { registerPageAsset, registerPageStyle } from '../pages/index.ts';
import { extendBrowserBinding } from './browser_binding.ts';
import { completeAuthorization } from './complete_authorization.ts';
import { CONTINUE_SCRIPT_PATH, CONTINUED_FIELD, renderContinuePage } from './continue_page.ts';
import { CALLBACK_PATH, type FlowDeps } from './flow_deps.ts';
import { FlowError } from './flow_error.ts';
import { asFlowError, type FlowOutcome, recordOutcome, renderOutcome } from './flow_outcome.ts';
import { RESULT_SCRIPT_PATH, renderResultPage } from './result_page.ts';
import { isApiKey } from './start_flow.ts';
import type { PendingState } from './state_store.ts';

const text = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\0]*$/, 'must not contain NUL')
    .optional();

const responseFields = {
  code: text(8192),
  state: text(256),
  error: text(256),
  /** As long as a URL may be, so that a long description still leads to a readable error page. */
  error_description: text(16_384),
  iss: text(2048),
};
/**
 * Providers add keys of their own (`scope`, `authuser`, …). Repeated keys arrive as lists and are
 * refused (RFC 6749 §3.1).
 */
const query = z.looseObject({ ...responseFields, session_state: text(2048) });
/** Apple adds `user`, others add `id_token`. Neither is read. */
const form = z.looseObject({ ...responseFields, [CONTINUED_FIELD]: text(10) });
/** A percent-encoded form may be three times as long as its fields. */
const MAX_FORM_BYTES = 128 * 1024;
const params = z.strictObject({
  providerKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not a provider key')
    .optional(),
});

type Params = z.infer<typeof params>;
/** Fields of an authorization response, in both routes. */
type ResponseFields = z.infer<z.ZodObject<typeof responseFields>>;
type CallbackHttpRequest = ServerRequest<Params>;

/** Registers the callback and the assets of its page. */
export function registerCallbackRoutes(router: Router, depsOf: () => FlowDeps): void {
  router.add(
    {
      method: 'get',
      path: `${CALLBACK_PATH}/{providerKey?}`,
      access: 'public',
      summary: 'Finish an OAuth authorization',
      description:
        'The redirect URI of OAuth apps. The whole URL may have 16 kB. Redirects to the return URL of the flow, or shows a page with the result.',
      tags: ['oauth'],
      security: { authentication: 'optional' },
      validate: { params, query },
      responses: {
        200: { description: 'The success page.' },
        302: {
          description:
            'Redirect to the return URL, with `oauth_authorization`, `connector_id`, `status_code` and `error`.',
        },
        ...FAILURES,
      },
    },
    (request) => {
      // A HEAD request must not consume the state.
      if (request.method !== 'GET')
        throw new HttpError(405, 'Only GET is allowed here.', { headers: { allow: 'GET' } });
      return respondToCallback(request, { fields: request.query, responseMode: 'query' }, depsOf());
    },
  );
  router.add(
    {
      method: 'post',
      path: `${CALLBACK_PATH}/{providerKey?}`,
      access: 'public',
      summary: 'Finish an OAuth authorization whose response is a form',
      description:
        'The redirect URI of OAuth apps whose provider responds with `response_mode=form_post`. The first form comes from the provider, without cookies. The response is a page that posts the same fields again, with `latchkey_continued`. That request ends like the GET route.',
      tags: ['oauth'],
      // A page of another site may post here, as it may navigate to the GET route. State, user,
      // browser binding and PKCE protect both.
      security: { authentication: 'optional', xsrfRequired: false },
      validate: { params, body: form },
      options: { bodyFormat: 'form', maxBodyBytes: MAX_FORM_BYTES },
      responses: {
        200: { description: 'The page that posts the fields again, or the success page.' },
        302: { description: 'Redirect to the return URL, as from the GET route.' },
        ...FAILURES,
      },
    },
    (request) => respondToForm(request, depsOf()),
  );
  registerPageStyle(router);
  registerPageAsset(router, CONTINUE_SCRIPT_PATH, {
    type: 'application/javascript; charset=utf-8',
    file: new URL('./assets/continue_page.js', import.meta.url),
  });
  registerPageAsset(router, RESULT_SCRIPT_PATH, {
    type: 'application/javascript; charset=utf-8',
    file: new URL('./assets/result_page.js', import.meta.url),
  });
}

const FAILURES = {
  400: { description: 'The error page. Some failures have another status.' },
  401: { description: 'The browser has no session.' },
  403: {
    description:
      'Another user or browser started the authorization, or the request came with an API key.',
  },
  429: {
    description: 'Too many attempts by this user, or with unknown states from this address.',
  },
} as const;

/** Neither reads nor writes the store for the first form, because its sender is unknown. */
async function respondToForm(
  request: ServerRequest<Params, unknown, z.infer<typeof form>>,
  deps: FlowDeps,
): Promise<RouteResponse> {
  const { code, state, error, error_description, iss } = request.body;
  const fields = { code, state, error, error_description, iss };
  if (request.body[CONTINUED_FIELD] === undefined) {
    const { providerKey } = request.params;
    const path = providerKey === undefined ? CALLBACK_PATH : `${CALLBACK_PATH}/${providerKey}`;
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
): Promise<RouteResponse> {
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
): RouteResponse {
  try {
    anonymousLimiter.hit(remoteAddress);
  } catch (error) {
    const { statusCode, message, retryAfterMs = 0 } = asFlowError(error);
    const page = { title: 'The authorization failed', text: message, isSuccess: false };
    return respond.html(statusCode, renderResultPage({ ...page, broadcast: undefined }, urls), {
      headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
    });
  }
  return askToSignIn(urls);
}

/**
 * The flow is not changed. The login page does not lead back here, because the code would have to
 * be in its URL.
 */
function askToSignIn(urls: UrlBuilder): RouteResponse {
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
  return respond.html(401, page, { headers: { 'www-authenticate': 'ApiKey' } });
}
