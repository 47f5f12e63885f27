import { Readable } from 'node:stream';
import { type ActionContext, type ConnectorSpec, defineAction } from '@latchkey/connector-specs';
import { aLocalProvider } from '@latchkey/oauth-providers/mocks';
import { z } from 'zod';
import { IDP_ORIGIN } from './strict_idp.mock.ts';

const path = z.strictObject({ path: z.string().max(200).default('/') });

/** Error that the action `fail` of the type `.probe` throws next. */
export const probeFailure: { error: unknown } = { error: undefined };

/** Contexts that the action `look` of the type `.probe` has received, in order. */
export const seenContexts: ActionContext[] = [];

/** Origin of the fake service of `.probe`. The egress of the fixture maps it to loopback. */
export const PROBE_ORIGIN = 'https://api.probe.example';

/** A connector type whose actions use the client in ways that the shipped connectors do not. */
export const probeSpec: ConnectorSpec = {
  metadata: {
    id: '.probe',
    displayName: 'Probe',
    description: 'For tests.',
    minimumLicense: 'basic',
    supportedFeatureIds: ['workflows'],
  },
  auth: {
    types: [
      'none',
      'bearer',
      'basic',
      'oauth_client_credentials',
      'oauth_authorization_code',
      { type: 'ears', defaults: { provider: 'google' } },
    ],
  },
  schema: z.strictObject({ note: z.string().max(100).optional() }),
  apiOrigins: [PROBE_ORIGIN],
  provider: aLocalProvider({
    revocationUrl: `${IDP_ORIGIN}/revoke`,
    tokenRejected: [{ status: [200, 200], body: [{ path: 'error', equals: ['token_expired'] }] }],
    missingScope: [
      {
        status: [200, 200],
        body: [{ path: 'error', equals: ['missing_scope'] }],
        needed: { from: 'body', path: 'needed' },
      },
      {
        status: [403, 403],
        body: [],
        needed: { from: 'header', name: 'x-accepted-scopes' },
        grantedHeader: 'x-scopes',
      },
    ],
  }),
  actions: {
    get: defineAction({
      input: path,
      scope: 'read',
      description: 'GETs a path.',
      responseSizeHeader: 'x-size',
      handler: async ({ client }, input) => (await client.get(`${PROBE_ORIGIN}${input.path}`)).data,
    }),
    post: defineAction({
      input: path,
      scope: 'write',
      description: 'POSTs JSON.',
      handler: async ({ client }, input) =>
        (await client.post(`${PROBE_ORIGIN}${input.path}`, { amount: 1 })).data,
    }),
    upload: defineAction({
      input: path,
      scope: 'write',
      description: 'POSTs a stream.',
      handler: async ({ client }, input) =>
        (await client.post(`${PROBE_ORIGIN}${input.path}`, Readable.from(['half', 'half']))).data,
    }),
    scoped: {
      ...defineAction({
        input: path,
        scope: 'read',
        description: 'GETs a path that needs scopes.',
        handler: async ({ request }, input) =>
          (await request({ url: `${PROBE_ORIGIN}${input.path}` })).data,
      }),
      oauthScopes: ['files.read', ['files.write', 'files.all']],
    },
    optionallyScoped: {
      ...defineAction({
        input: path,
        scope: 'read',
        description: 'GETs a path that needs scopes for private data only.',
        handler: async ({ request }, input) =>
          (await request({ url: `${PROBE_ORIGIN}${input.path}` })).data,
      }),
      oauthScopes: ['files.read'],
      isScopeRequired: false,
    },
    scopedUnlessOthers: {
      ...defineAction({
        input: path,
        scope: 'read',
        description: 'GETs a path that needs a scope or one that includes it.',
        handler: async ({ request }, input) =>
          (await request({ url: `${PROBE_ORIGIN}${input.path}` })).data,
      }),
      oauthScopes: ['files.read'],
      isScopeRequired: 'unless_others',
    },
    twice: defineAction({
      input: path,
      scope: 'read',
      description: 'GETs a path twice, one after the other.',
      handler: async ({ client }, input) => {
        await client.get(`${PROBE_ORIGIN}${input.path}`);
        return (await client.get(`${PROBE_ORIGIN}${input.path}`)).data;
      },
    }),
    fail: defineAction({
      input: z.strictObject({}),
      scope: 'read',
      description: 'Throws.',
      handler: async () => {
        throw probeFailure.error;
      },
    }),
    look: defineAction({
      input: z.strictObject({}),
      scope: 'read',
      description: 'Keeps its context for the test to look at.',
      handler: async (context) => {
        seenContexts.push(context);
        return {};
      },
    }),
    circle: defineAction({
      input: z.strictObject({}),
      scope: 'read',
      description: 'Returns data that cannot be sent.',
      handler: async () => {
        const self: { self?: unknown } = {};
        self.self = self;
        return self;
      },
    }),
    nothing: defineAction({
      input: z.strictObject({}),
      scope: 'read',
      description: 'Returns no result.',
      handler: async () => undefined,
    }),
  },
  test: {
    enabled: true,
    handler: async ({ client }) => {
      await client.get(`${PROBE_ORIGIN}/test`);
      return {};
    },
  },
};
