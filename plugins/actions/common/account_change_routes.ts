import { defineRoute, fillPath } from '@latchkey/core/common';
import { z } from 'zod';
import { flowId, oauthParams } from './fields.ts';

const account = z.object({ id: z.string(), label: z.string() });
const decision = z.enum(['keep', 'change']);
const route = { access: 'public', tags: ['oauth'], params: oauthParams } as const;
const API = '/api/actions/connector/{connectorId}/_account_change';

/** Change of a connection's account that waits for the user's decision. */
export const accountChangeBody = z.object({
  flow_id: z.string(),
  connected_account: account,
  /** Absent if the provider did not name the new account. */
  new_account: account.optional(),
  expires_at: z.string(),
  /**
   * `true`: the request comes from the browser that authorized, so it may choose the new account.
   */
  can_change: z.boolean(),
});

/** Route that returns the caller's pending change of account. */
export const getAccountChange = defineRoute({
  ...route,
  method: 'get',
  path: API,
  summary: 'Get the pending change of my account',
  responses: {
    200: {
      description: 'The connected account, and the new account if the provider named it.',
      body: accountChangeBody,
    },
    404: { description: 'There is no pending change.' },
  },
});

/** Route that keeps the connected account of the caller, or changes to the new one. */
export const decideAccountChange = defineRoute({
  ...route,
  method: 'post',
  path: API,
  summary: 'Keep or change the account',
  description:
    'Works exactly once. `keep` revokes the new authorization, `change` the old one. `change` works only in the browser that authorized.',
  body: z.strictObject({ flow_id: flowId, decision }),
  responses: {
    200: {
      description: 'The account that is connected now, if the provider named it.',
      body: z.object({
        decision,
        account: account.optional(),
        revocation: z
          .enum(['revoked', 'waiting', 'unsupported', 'with_connected'])
          .optional()
          .describe('Result of revoking the new authorization, when the account is kept.'),
      }),
    },
    403: { description: 'The request does not come from the browser that authorized.' },
    404: { description: 'There is no pending change any more.' },
  },
});

/** Route of the page that asks which account to use. The page works without JavaScript. */
export const showAccountChange = defineRoute({
  ...route,
  method: 'get',
  path: '/api/actions/connector/{connectorId}/oauth/account_change',
  summary: 'Ask which account to use',
  description:
    'The last page of an authorization whose account differs from the connected account. The connected account stays in use until the user decides.',
  isPage: true,
  query: z.strictObject({ flow: flowId.optional() }),
  responses: {
    200: { description: 'The page.' },
    404: { description: 'There is no pending change.' },
  },
});

/** Route that receives the form of the page {@link showAccountChange}. */
export const decideOnAccountPage = defineRoute({
  ...route,
  method: 'post',
  path: showAccountChange.path,
  summary: 'Keep or change the account on a page',
  description: 'The form of the page. Its token is valid for that page only.',
  authentication: 'optional',
  // No header is required against forged requests: the `Origin` header and the token in the form
  // prove that the form comes from our own page.
  xsrfRequired: false,
  bodyFormat: 'form',
  maxBodyBytes: 8192,
  body: z.strictObject({ flow: flowId, decision, token: z.string().max(128) }),
  responses: {
    200: { description: 'A page confirming the change of account.' },
    302: { description: 'Redirect to the return URL of the authorization.' },
    401: { description: 'The browser has no session.' },
    403: {
      description:
        'The form does not come from our page, or the browser is not the one that authorized.',
    },
    409: { description: 'A page confirming that the account was kept.' },
  },
});

/** Path of the page that asks which account to use, without base path and space prefix. */
export function accountChangePath(connectorId: string): string {
  return fillPath(showAccountChange.path, { connectorId });
}
