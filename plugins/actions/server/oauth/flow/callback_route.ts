import { fillPath, type RouteBody, type RouteParams } from '@latchkey/core/common';
import {
  type ErrorPage,
  HttpError,
  type Router,
  respond,
  type ServerRequest,
} from '@latchkey/core/server';
import type { ResponseMode } from '@latchkey/oauth-client';
import type { z } from 'zod';
import {
  authorizationResponse,
  CONTINUED_FIELD,
  finishAuthorization,
  finishAuthorizationByForm,
  readContinueScript,
  readResultScript,
} from '../../../common/index.ts';
import { PAGE_TEXTS, type PageServices, registerPageAsset } from '../pages/index.ts';
import type { AuthorizationFlow } from './authorization_flow.ts';
import { otherParameters } from './authorization_response.ts';
import { renderContinuePage } from './continue_page.ts';
import { FlowError } from './flow_error.ts';
import { asFlowError } from './flow_outcome.ts';
import { FLOW_TEXTS } from './flow_texts.ts';
import { type OutcomeResponse, renderOutcome } from './outcome_response.ts';
import { renderResultPage } from './result_page.ts';

interface CallbackServices extends PageServices {
  readonly flow: AuthorizationFlow;
}

/** Fields of an authorization response, from the query or from a form. */
type ResponseFields = z.output<typeof authorizationResponse> & {
  readonly others: Readonly<Record<string, string>>;
};
type CallbackHttpRequest = ServerRequest<RouteParams<typeof finishAuthorization>>;
type CallbackForm = ServerRequest<
  RouteParams<typeof finishAuthorizationByForm>,
  unknown,
  RouteBody<typeof finishAuthorizationByForm>
>;

/** Registers the callback routes, and the routes of the scripts of their pages. */
export function registerCallbackRoutes(router: Router<CallbackServices>): void {
  router.handle(finishAuthorization, (request, services) => {
    // A HEAD request must not consume the state.
    if (request.method !== 'GET')
      throw new HttpError(405, 'Only GET is allowed here.', { headers: { allow: 'GET' } });
    const fields = readFields(request.query);
    return respondToCallback(request, { fields, responseMode: 'query' }, services);
  });
  router.handle(finishAuthorizationByForm, respondToForm);
  registerPageAsset(
    router,
    readContinueScript,
    new URL('./assets/continue_page.js', import.meta.url),
  );
  registerPageAsset(router, readResultScript, new URL('./assets/result_page.js', import.meta.url));
}

/**
 * Responds to a posted form. The first form comes from an unknown sender, so it causes no store
 * call.
 */
async function respondToForm(
  request: CallbackForm,
  services: CallbackServices,
): Promise<OutcomeResponse> {
  const fields = readFields(request.body);
  if (request.body[CONTINUED_FIELD] === undefined) {
    if (fields === undefined) {
      const failure = new FlowError('response_malformed');
      return renderOutcome({ pending: undefined, failure }, request, services);
    }
    const path = fillPath(finishAuthorizationByForm.path, request.params);
    const appearance = await services.pages.appearanceFor(request);
    const { others, ...standard } = fields;
    const posted = { ...others, ...standard };
    return respond.html(
      200,
      renderContinuePage({ path, fields: posted }, appearance, services.urls),
    );
  }
  return respondToCallback(request, { fields, responseMode: 'form_post' }, services);
}

/**
 * Parses an authorization response. `undefined`: a field is repeated, too long, or contains a NUL
 * character.
 */
function readFields(sent: Readonly<Record<string, unknown>>): ResponseFields | undefined {
  const read = authorizationResponse.safeParse(sent);
  if (!read.success) return undefined;
  const known = [...Object.keys(authorizationResponse.shape), CONTINUED_FIELD];
  return { ...read.data, others: otherParameters(sent, known) };
}

async function respondToCallback(
  request: CallbackHttpRequest,
  {
    fields,
    responseMode,
  }: { readonly fields: ResponseFields | undefined; readonly responseMode: ResponseMode },
  services: CallbackServices,
): Promise<OutcomeResponse> {
  const { flow } = services;
  const { user, spaceId, requestId, remoteAddress, cookies } = request;
  if (user === undefined) return respondWithoutSession(request, services);
  const principal = { user, spaceId, requestId, remoteAddress };
  if (fields === undefined) {
    const outcome = await flow.refuseMalformed({ principal, remoteAddress });
    return renderOutcome(outcome, request, services);
  }
  const { providerKey } = request.params;
  const { state, code, error, error_description: errorDescription, iss, others } = fields;
  const outcome = await flow.complete({
    principal,
    remoteAddress,
    cookies,
    state,
    response: { code, error, errorDescription, iss, others, providerKey, responseMode },
  });
  return renderOutcome(outcome, request, services);
}

async function respondWithoutSession(
  request: CallbackHttpRequest,
  services: CallbackServices,
): Promise<OutcomeResponse> {
  try {
    services.flow.countAnonymous(request.remoteAddress);
  } catch (error) {
    const outcome = { pending: undefined, failure: asFlowError(error) };
    return renderOutcome(outcome, request, services);
  }
  return askToSignIn(request, services);
}

/**
 * Responds to a callback without a session. The flow stays open. The login page does not lead back
 * to the callback, because its URL would have to contain the code.
 */
async function askToSignIn(
  request: CallbackHttpRequest,
  { pages, urls }: CallbackServices,
): Promise<ErrorPage> {
  const page = renderResultPage(
    {
      title: PAGE_TEXTS.signInFirst,
      texts: [{ text: FLOW_TEXTS.signInHere }],
      isSuccess: false,
      broadcast: undefined,
      links: [{ text: PAGE_TEXTS.signIn, href: urls.path('/login') }],
    },
    await pages.appearanceFor(request),
    urls,
  );
  return respond.errorPage(401, page, { headers: { 'www-authenticate': 'ApiKey' } });
}
