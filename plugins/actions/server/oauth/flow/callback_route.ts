import {
  type CookieToSet,
  type RouteResponse,
  type Router,
  respond,
  type ServerRequest,
} from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import { z } from 'zod';
import { releaseBrowser } from './browser_binding.ts';
import { finishFlow } from './finish_flow.ts';
import { CALLBACK_PATH, type FlowDeps } from './flow_deps.ts';
import { FlowError } from './flow_error.ts';
import {
  RESULT_SCRIPT,
  RESULT_SCRIPT_PATH,
  RESULT_STYLE,
  RESULT_STYLE_PATH,
  renderResultPage,
} from './result_page.ts';
import { withResult } from './return_url.ts';
import type { PendingState } from './state_store.ts';

const text = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\0]*$/, 'must not contain NUL')
    .optional();

/** Providers add keys of their own (`scope`, `authuser`, …). Repeated keys arrive as lists and are refused. */
const query = z.looseObject({
  code: text(8192),
  state: text(256),
  error: text(256),
  error_description: text(4096),
  iss: text(2048),
  session_state: text(2048),
});
const params = z.strictObject({
  providerKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
});

type CallbackHttpRequest = ServerRequest<z.infer<typeof params>, z.infer<typeof query>>;

/** The end of a flow, before it is put on a page or into a return URL. */
interface Outcome {
  readonly pending: PendingState | undefined;
  readonly failure: FlowError | undefined;
}

/** Registers the callback and the assets of its page. */
export function registerCallbackRoutes(router: Router, depsOf: () => FlowDeps): void {
  router.add(
    {
      method: 'get',
      path: `${CALLBACK_PATH}/{providerKey?}`,
      access: 'public',
      summary: 'Finish an OAuth authorization',
      description:
        'The redirect URI of OAuth apps. Ends on the return URL of the flow, or on a page that says what happened.',
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
      },
    },
    (request) => answerCallback(request, depsOf()),
  );
  addAsset(router, {
    path: RESULT_SCRIPT_PATH,
    type: 'application/javascript; charset=utf-8',
    body: RESULT_SCRIPT,
  });
  addAsset(router, {
    path: RESULT_STYLE_PATH,
    type: 'text/css; charset=utf-8',
    body: RESULT_STYLE,
  });
}

function addAsset(
  router: Router,
  asset: { readonly path: string; readonly type: string; readonly body: string },
): void {
  router.add(
    {
      method: 'get',
      path: asset.path,
      access: 'public',
      summary: 'Asset of the authorization result page',
      tags: ['oauth'],
      security: { authentication: 'none' },
    },
    () => ({
      status: 200,
      body: asset.body,
      headers: { 'content-type': asset.type, 'cache-control': 'public, max-age=86400' },
    }),
  );
}

async function answerCallback(
  request: CallbackHttpRequest,
  deps: FlowDeps,
): Promise<RouteResponse> {
  if (request.user === undefined) {
    return respond.html(401, renderResultPage(SIGN_IN, deps.urls));
  }
  const outcome = await run(request, request.user.profileUid, deps);
  await settle(outcome, request, deps);
  return present(outcome, deps);
}

/** Limit, then use the state up, then everything that can fail. */
async function run(
  request: CallbackHttpRequest,
  profileUid: string,
  deps: FlowDeps,
): Promise<Outcome> {
  let pending: PendingState | undefined;
  try {
    await deps.limiter.hit('callback', profileUid);
    const { state, code, error, error_description: errorDescription, iss } = request.query;
    if (state === undefined || state === '') throw new FlowError('state_missing');
    const consumed = await deps.states.consume(state);
    if (consumed === 'unknown') throw new FlowError('state_invalid');
    if (consumed === 'used') throw new FlowError('state_used');
    pending = consumed;
    const answer = { code, error, errorDescription, iss, providerKey: request.params.providerKey };
    await finishFlow(
      { profileUid, principal: request, cookies: request.cookies, answer },
      pending,
      deps,
    );
    return { pending, failure: undefined };
  } catch (error) {
    return { pending, failure: asFlowError(error, deps) };
  }
}

/** What nobody foresaw becomes a plain failure for the person and a line for the operator. */
function asFlowError(error: unknown, deps: FlowDeps): FlowError {
  if (error instanceof FlowError) return error;
  if (error instanceof SavedObjectError && error.code === 'store_unavailable') {
    return new FlowError('not_saved', { cause: error });
  }
  deps.logger.error('An authorization ended unexpectedly', { error });
  return new FlowError('unexpected', { cause: error });
}

/** One audit event per outcome, a log line where an operator may wonder, and the end of `pending`. */
async function settle(
  outcome: Outcome,
  request: CallbackHttpRequest,
  deps: FlowDeps,
): Promise<void> {
  const { pending, failure } = outcome;
  deps.access.record(
    { ...request, spaceId: pending?.spaceId ?? request.spaceId },
    {
      operation: 'oauth-connect',
      outcome: failure === undefined ? 'success' : 'failure',
      ...(pending === undefined ? {} : { connectorId: pending.connectorId }),
      errorCode: failure?.code,
    },
  );
  if (failure === undefined) return;
  deps.logger.warn(`Authorization failed: ${failure.code}`, {
    error: failure.cause,
    'latchkey.connector_id': pending?.connectorId,
    'latchkey.flow_id': pending?.flowId,
  });
  if (pending === undefined) return;
  const connector = await deps.connectors
    .readDecrypted(pending.connectorId, pending.spaceId)
    .catch(() => undefined);
  if (connector === undefined) return;
  await deps.grants
    .markPending({ connector, profileUid: pending.createdBy, until: undefined })
    .catch(() => undefined); // It times out by itself.
}

function present({ pending, failure }: Outcome, deps: FlowDeps): RouteResponse {
  const statusCode = failure?.statusCode ?? 200;
  const cookies: CookieToSet[] = pending === undefined ? [] : [releaseBrowser(pending.flowId)];
  const { publicBaseUrl } = deps.urls;
  if (
    pending?.kibanaReturnUrl !== undefined &&
    publicBaseUrl !== undefined &&
    failure?.code !== 'wrong_user'
  ) {
    const result = { connectorId: pending.connectorId, statusCode, error: failure?.message };
    return respond.redirect(withResult(pending.kibanaReturnUrl, publicBaseUrl, result), {
      cookies,
    });
  }
  const retryAfterMs = failure?.retryAfterMs;
  return respond.html(
    statusCode,
    renderResultPage(pageOf(pending, failure, statusCode), deps.urls),
    {
      cookies,
      ...(retryAfterMs === undefined
        ? {}
        : { headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } }),
    },
  );
}

function pageOf(
  pending: PendingState | undefined,
  failure: FlowError | undefined,
  statusCode: number,
) {
  const broadcast = pending && {
    connectorId: pending.connectorId,
    status: failure === undefined ? ('success' as const) : ('error' as const),
    statusCode,
    ...(failure === undefined ? {} : { error: failure.message }),
    flowId: pending.flowId,
  };
  return failure === undefined
    ? {
        title: 'You are connected',
        text: 'The connector can now act with your account. This window closes by itself.',
        isSuccess: true,
        broadcast,
      }
    : {
        title: 'The authorization did not work',
        text: failure.message,
        isSuccess: false,
        broadcast,
      };
}

const SIGN_IN = {
  title: 'Sign in first',
  text: 'Sign in to this server in the same browser, then start the authorization again from the connector.',
  isSuccess: false,
  broadcast: undefined,
} as const;
