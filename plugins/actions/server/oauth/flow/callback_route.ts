import { fillPath, type RouteBody, type RouteParams } from '@latchkey/core/common';
import {
  type ErrorPage,
  HttpError,
  type Router,
  respond,
  type ServerRequest,
  type UrlBuilder,
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
import { registerPageAsset, registerPageStyle } from '../pages/index.ts';
import type { FlowRouteServices } from './authorization_routes.ts';
import { renderContinuePage } from './continue_page.ts';
import { FlowError } from './flow_error.ts';
import { asFlowError, type OutcomeResponse, renderOutcome } from './flow_outcome.ts';
import { renderResultPage } from './result_page.ts';

type CallbackServices = Pick<FlowRouteServices, 'flow' | 'urls'>;

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
export function registerCallbackRoutes(router: Router<CallbackServices>): void {
  router.handle(finishAuthorization, (request, services) => {
    // A HEAD request must not consume the state.
    if (request.method !== 'GET')
      throw new HttpError(405, 'Only GET is allowed here.', { headers: { allow: 'GET' } });
    const fields = readFields(request.query);
    return respondToCallback(request, { fields, responseMode: 'query' }, services);
  });
  router.handle(finishAuthorizationByForm, respondToForm);
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

/**
 * Responds to a form post. Neither reads nor writes the store for the first form, because its
 * sender is unknown.
 */
async function respondToForm(
  request: CallbackForm,
  services: CallbackServices,
): Promise<OutcomeResponse> {
  const fields = readFields(request.body);
  if (request.body[CONTINUED_FIELD] === undefined) {
    const { urls } = services;
    if (fields === undefined) {
      const failure = new FlowError('response_malformed');
      return renderOutcome({ pending: undefined, failure }, undefined, urls);
    }
    const path = fillPath(finishAuthorizationByForm.path, request.params);
    return respond.html(200, renderContinuePage(path, fields, urls));
  }
  return respondToCallback(request, { fields, responseMode: 'form_post' }, services);
}

/**
 * Parses an authorization response. `undefined`: a field is repeated, too long, or contains NUL.
 */
function readFields(sent: Readonly<Record<string, unknown>>): ResponseFields | undefined {
  const read = authorizationResponse.safeParse(sent);
  return read.success ? read.data : undefined;
}

async function respondToCallback(
  request: CallbackHttpRequest,
  {
    fields,
    responseMode,
  }: { readonly fields: ResponseFields | undefined; readonly responseMode: ResponseMode },
  { flow, urls }: CallbackServices,
): Promise<OutcomeResponse> {
  const { user, spaceId, requestId, remoteAddress, cookies } = request;
  if (user === undefined) return respondWithoutSession(remoteAddress, { flow, urls });
  const principal = { user, spaceId, requestId, remoteAddress };
  if (fields === undefined) {
    const outcome = await flow.refuseMalformed({ principal, remoteAddress });
    return renderOutcome(outcome, user.profileUid, urls);
  }
  const { providerKey } = request.params;
  const { state, code, error, error_description: errorDescription, iss } = fields;
  const outcome = await flow.complete({
    principal,
    remoteAddress,
    cookies,
    state,
    response: { code, error, errorDescription, iss, providerKey, responseMode },
  });
  return renderOutcome(outcome, user.profileUid, urls);
}

function respondWithoutSession(
  remoteAddress: string,
  { flow, urls }: CallbackServices,
): OutcomeResponse {
  try {
    flow.countAnonymous(remoteAddress);
  } catch (error) {
    return renderOutcome({ pending: undefined, failure: asFlowError(error) }, undefined, urls);
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
