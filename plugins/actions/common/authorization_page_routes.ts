import { defineRoute, fillPath } from '@latchkey/core/common';
import { z } from 'zod';
import { oauthParams } from './fields.ts';

/**
 * Path of the callback, registered at providers. The path contains no space and no connector id, so
 * one redirect URI serves all connectors of an OAuth app.
 */
export const CALLBACK_PATH = '/api/actions/connector/_oauth_callback';

/**
 * Form field that marks a form as posted by our own page, which passes on the provider's form to
 * the callback. Security does not depend on this field: it only ensures that the page is shown
 * once.
 */
export const CONTINUED_FIELD = 'latchkey_continued';

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
  /**
   * Description of the error by the provider. It may be as long as a URL, so that a long
   * description still leads to a readable error page.
   */
  error_description: text(16_384),
  iss: text(2048),
};

/**
 * Fields of an authorization response, in a query or a form (RFC 6749 §4.1.2, §4.1.2.1; RFC 9207
 * §2). Refuses repeated fields (RFC 6749 §3.1), which arrive as lists.
 */
export const authorizationResponse = z.object(responseFields);

/**
 * An authorization response before {@link authorizationResponse} checks it. The routes accept any
 * text or list, because a user in a browser must see a page when a field is malformed.
 */
const uncheckedField = z.union([z.string(), z.array(z.string())]).optional();
const uncheckedFields = {
  code: uncheckedField,
  state: uncheckedField,
  error: uncheckedField,
  error_description: uncheckedField,
  iss: uncheckedField,
};

/** Maximum bytes of a form. Percent-encoding may make a form three times as long as its fields. */
const MAX_FORM_BYTES = 128 * 1024;

const callbackParams = z.strictObject({
  providerKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not a provider key')
    .optional(),
});

const CALLBACK_FAILURES = {
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

const page = { access: 'public', tags: ['oauth'] } as const;

/** Callback route for providers that respond with a redirect. */
export const finishAuthorization = defineRoute({
  ...page,
  method: 'get',
  path: `${CALLBACK_PATH}/{providerKey?}`,
  summary: 'Finish an OAuth authorization',
  description:
    'The redirect URI of OAuth apps. The whole URL may have 16 kB. Redirects to the return URL of the flow, or shows a page with the result.',
  authentication: 'optional',
  params: callbackParams,
  // A loose object, because providers add parameters of their own (`scope`, `authuser`, …).
  query: z.looseObject({ ...uncheckedFields, session_state: text(2048) }),
  responses: {
    200: { description: 'The success page.' },
    302: {
      description:
        'Redirect to the return URL, with `oauth_authorization`, `connector_id`, `status_code` and `error`.',
    },
    ...CALLBACK_FAILURES,
  },
});

/** Callback route for providers that respond with a form (OAuth 2.0 Form Post Response Mode). */
export const finishAuthorizationByForm = defineRoute({
  ...page,
  method: 'post',
  path: `${CALLBACK_PATH}/{providerKey?}`,
  summary: 'Finish an OAuth authorization whose response is a form',
  description:
    'The redirect URI of OAuth apps whose provider responds with `response_mode=form_post`. The first form comes from the provider, without cookies. The response is a page that posts the same fields again, with `latchkey_continued`. That request ends like the GET route.',
  authentication: 'optional',
  // A page of another site may post here, as it may navigate to the GET route. State, user, browser
  // binding and PKCE protect both.
  xsrfRequired: false,
  bodyFormat: 'form',
  maxBodyBytes: MAX_FORM_BYTES,
  params: callbackParams,
  // A loose object: Apple adds the field `user`, others add `id_token`. Neither is read.
  body: z.looseObject({ ...uncheckedFields, [CONTINUED_FIELD]: text(10) }),
  responses: {
    200: { description: 'The page that posts the fields again, or the success page.' },
    302: { description: 'Redirect to the return URL, as from the GET route.' },
    ...CALLBACK_FAILURES,
  },
});

/** Profile uid of the user for whom a link was made. Absent: any user may follow the link. */
const intendedUser = z.string().min(1).max(1024).optional();

/** Route of the link that starts an authorization. It shows the confirmation page. */
export const followStartLink = defineRoute({
  ...page,
  method: 'get',
  path: '/api/actions/connector/{connectorId}/oauth/start',
  summary: 'Start an OAuth authorization by link',
  description:
    'Shows a confirmation page with the user, the connector and the permissions. Only a click on a page of this server that sends `Referer` goes to the provider immediately. `user` names the user the link is meant for; others are refused. Works only as a top-level page, not in a frame, an image or a script.',
  isPage: true,
  params: oauthParams,
  query: z.strictObject({ user: intendedUser }),
  responses: {
    200: { description: 'The confirmation page.' },
    302: { description: 'Redirect to the provider, after a click on a page of this server.' },
    403: {
      description: 'The link is meant for another user, or the request is not a navigation.',
    },
  },
});

/** Route that receives the form of the confirmation page. */
export const confirmStart = defineRoute({
  ...page,
  method: 'post',
  path: followStartLink.path,
  summary: 'Confirm an authorization that was started by link',
  description: 'The form of the confirmation page. Its token is valid for that page only.',
  authentication: 'optional',
  // No header is required against forged requests: the `Origin` header and the token in the form
  // prove that the form comes from our own page.
  xsrfRequired: false,
  bodyFormat: 'form',
  maxBodyBytes: 8192,
  params: oauthParams,
  body: z.strictObject({
    user: intendedUser,
    version: z.string().max(512),
    token: z.string().max(128),
  }),
  responses: {
    200: { description: 'A page that sends the browser to the provider immediately.' },
    401: { description: 'The browser has no session.' },
    403: { description: 'The form does not come from our page; the page is shown again.' },
    409: { description: 'The connector was changed; the page is shown again.' },
  },
});

/** Path of the link that starts an authorization, without base path and space prefix. */
export function startLinkPath(connectorId: string): string {
  return fillPath(followStartLink.path, { connectorId });
}

const asset = {
  ...page,
  method: 'get',
  summary: 'Asset of the authorization pages',
  authentication: 'none',
} as const;

/** Script of the page that posts the fields of the provider's form again, now with cookies. */
export const readContinueScript = defineRoute({
  ...asset,
  path: `${CALLBACK_PATH}_continue_script`,
});

/**
 * Script that notifies the page that opened the popup, and closes the popup. The script is a file
 * because the content security policy allows no inline code.
 */
export const readResultScript = defineRoute({ ...asset, path: `${CALLBACK_PATH}_script` });
