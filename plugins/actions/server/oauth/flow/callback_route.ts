import {
  HttpError,
  type Principal,
  type RouteResponse,
  type Router,
  respond,
  type ServerRequest,
  type UrlBuilder,
} from '@latchkey/core/server';
import { z } from 'zod';
import { registerPageAsset, registerPageStyle } from '../pages/index.ts';
import { finishFlow } from './finish_flow.ts';
import { CALLBACK_PATH, type FlowDeps } from './flow_deps.ts';
import { FlowError } from './flow_error.ts';
import { asFlowError, type FlowOutcome, presentFlow, settleFlow } from './flow_outcome.ts';
import { RESULT_SCRIPT_PATH, renderResultPage } from './result_page.ts';
import type { PendingState } from './state_store.ts';

const text = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\0]*$/, 'must not contain NUL')
    .optional();

/** Providers add keys of their own (`scope`, `authuser`, …). Repeated keys arrive as lists and are refused (RFC 6749 §3.1). */
const query = z.looseObject({
  code: text(8192),
  state: text(256),
  error: text(256),
  /** As long as a URL may be: a talkative provider must not cost the person a proper page. */
  error_description: text(16_384),
  iss: text(2048),
  session_state: text(2048),
});
const params = z.strictObject({
  providerKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not a provider key')
    .optional(),
});

type CallbackHttpRequest = ServerRequest<z.infer<typeof params>, z.infer<typeof query>>;

/** Registers the callback and the assets of its page. */
export function registerCallbackRoutes(router: Router, depsOf: () => FlowDeps): void {
  router.add(
    {
      method: 'get',
      path: `${CALLBACK_PATH}/{providerKey?}`,
      access: 'public',
      summary: 'Finish an OAuth authorization',
      description:
        'The redirect URI of OAuth apps. The whole URL may have 16 kB. Ends on the return URL of the flow, or on a page that says what happened.',
      tags: ['oauth'],
      security: { authentication: 'optional' },
      validate: { params, query },
      responses: {
        200: { description: 'The page of a success.' },
        302: {
          description:
            'To the return URL, with `oauth_authorization`, `connector_id`, `status_code` and `error`.',
        },
        400: { description: 'The page of a failure; other failures have their own status.' },
        401: { description: 'Nobody is signed in.' },
        429: {
          description: 'Too many attempts of this person, or from this address without a session.',
        },
      },
    },
    (request) => answerCallback(request, depsOf()),
  );
  registerPageStyle(router);
  registerPageAsset(router, RESULT_SCRIPT_PATH, {
    type: 'application/javascript; charset=utf-8',
    file: new URL('./assets/result_page.js', import.meta.url),
  });
}

async function answerCallback(
  request: CallbackHttpRequest,
  deps: FlowDeps,
): Promise<RouteResponse> {
  // A HEAD request is a look, not a visit: it must not use the state up.
  if (request.method !== 'GET')
    throw new HttpError(405, 'Only GET is allowed here.', { headers: { allow: 'GET' } });
  const { user, spaceId, requestId } = request;
  if (user === undefined) return answerStranger(request, deps);
  const principal = { user, spaceId, requestId };
  const outcome = await run(request, { principal, profileUid: user.profileUid }, deps);
  await settleFlow(outcome, principal, deps);
  return presentFlow(outcome, user.profileUid, deps);
}

/** Limit, then use the state up, then everything that can fail. */
async function run(
  { query: given, params: { providerKey }, cookies }: CallbackHttpRequest,
  who: { readonly principal: Principal; readonly profileUid: string },
  deps: FlowDeps,
): Promise<FlowOutcome> {
  let pending: PendingState | undefined;
  try {
    await deps.limiter.hit('callback', who.profileUid);
    const { state, code, error, error_description: errorDescription, iss } = given;
    if (state === undefined || state === '') throw new FlowError('state_missing');
    // A state that was never given out and one that was used cost the store the same. One that has timed out costs a write more, as it is used up like any
    // other; that tells nobody anything: whoever can ask about it holds its 256 random bits already (attack 2).
    const consumed = await deps.states.consume(state);
    if (consumed === 'unknown') throw new FlowError('state_invalid');
    if (consumed === 'used') throw new FlowError('state_used');
    pending = consumed;
    const answer = { code, error, errorDescription, iss, providerKey };
    await finishFlow({ ...who, cookies, answer }, pending, deps);
    return { pending, failure: undefined };
  } catch (error) {
    return { pending, failure: asFlowError(error) };
  }
}

/** Costs neither the store nor the log anything. */
function answerStranger(
  { remoteAddress }: CallbackHttpRequest,
  { strangers, urls }: FlowDeps,
): RouteResponse {
  try {
    strangers.hit(remoteAddress);
  } catch (error) {
    const { statusCode, message, retryAfterMs = 0 } = asFlowError(error);
    const page = { title: 'The authorization did not work', text: message, isSuccess: false };
    return respond.html(statusCode, renderResultPage({ ...page, broadcast: undefined }, urls), {
      headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) },
    });
  }
  return askToSignIn(urls);
}

/** The flow stays as it is. There is no way back to here from the login page: the code would have to travel in its URL. */
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
