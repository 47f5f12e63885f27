import { defineRoute } from '@latchkey/core/common';
import { z } from 'zod';
import { MAX_NAME_LENGTH } from './elasticsearch_names.ts';
import { presentedPassword } from './password_schema.ts';

/** Body of a login as Kibana's clients send it. The only provider is the built-in one. */
const loginBody = z.strictObject({
  providerType: z.literal('basic'),
  providerName: z.literal('basic'),
  currentURL: z.string().max(16_384),
  params: z.strictObject({
    username: z.string().min(1).max(MAX_NAME_LENGTH),
    password: presentedPassword,
  }),
});

/**
 * Query of the login page. Invalid values are ignored, because the page must open for every link.
 */
const loginPageQuery = z.object({
  next: z.string().max(2_048).optional().catch(undefined),
  msg: z.string().max(64).optional().catch(undefined),
});

const realm = z.object({ name: z.string(), type: z.string() });

const me = z.object({
  username: z.string(),
  roles: z.array(z.string()),
  full_name: z.string().nullable(),
  email: z.string().nullable(),
  metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  enabled: z.boolean(),
  authentication_realm: realm,
  lookup_realm: realm,
  authentication_provider: z.object({ type: z.string(), name: z.string() }),
  authentication_type: z.enum(['api_key', 'realm']),
  /** Present for a caller with an API key. */
  api_key: z.object({ id: z.string() }).optional(),
  profile_uid: z.string(),
  elastic_cloud_user: z.boolean(),
  /** Names of the privileges that the user has in the space of the request. */
  privileges: z.array(z.string()),
});

/** Page with the login form. */
export const showLoginPage = defineRoute({
  method: 'get',
  path: '/login',
  access: 'public',
  summary: 'Show the login page',
  authentication: 'optional',
  query: loginPageQuery,
  responses: {
    200: { description: 'The login page.' },
    302: { description: 'To the requested page, if the user is already signed in.' },
  },
});

const asset = { method: 'get', access: 'public', authentication: 'none' } as const;

/** Script of the login page. */
export const readLoginScript = defineRoute({
  ...asset,
  path: '/login/login.js',
  summary: 'Serve /login/login.js',
});

/** Signs in. The session is in a cookie of the response. */
export const login = defineRoute({
  method: 'post',
  path: '/internal/security/login',
  access: 'internal',
  summary: 'Sign in with name and password',
  authentication: 'none',
  body: loginBody,
  responses: {
    200: { description: 'Signed in', body: z.object({ location: z.string() }) },
  },
});

/** Signs out by a link. */
export const followLogoutLink = defineRoute({
  method: 'get',
  path: '/api/security/logout',
  access: 'public',
  summary: 'Sign out and go to the login page',
  authentication: 'none',
  responses: {
    200: { description: 'A page that asks for confirmation, if another site sent the browser.' },
    302: { description: 'To the login page.' },
  },
});

/** Signs out. */
export const logout = defineRoute({
  method: 'post',
  path: '/internal/security/logout',
  access: 'internal',
  summary: 'Sign out',
  authentication: 'none',
  responses: { 204: { description: 'Signed out' } },
});

/** Gets the signed-in user, with the user's privileges in the space of the request. */
export const getMe = defineRoute({
  method: 'get',
  path: '/internal/security/me',
  access: 'internal',
  summary: 'Get the signed-in user',
  responses: { 200: { description: 'The user', body: me } },
});
