import { waitUntil } from '@latchkey/core/server/wait_until';
import { parseForms } from '@latchkey/dev-providers';
import { type QuirkServer, startQuirkServer } from '@latchkey/dev-providers/quirks';
import {
  defineProvider,
  type ProviderEntry,
  type ProviderEntryInput,
  providerDataSchema,
} from '@latchkey/oauth-providers';
import { createConnector, type TestUser } from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { postFromAnotherSite, press } from '../support/pages.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

const AUTH = 'https://auth.example.com';
const REFRESH_PATH = '/oauth/refresh';

type Data = z.input<typeof providerDataSchema>;

/** A provider without an entry: how an administrator describes it, and how it behaves. */
interface Described {
  /**
   * Returns the provider data that the administrator enters.
   * @param origin origin of the provider
   */
  readonly data: (origin: string) => Data;
  /** Further settings of the connector. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Behaviour of the provider for which the settings are needed. */
  readonly provider: Partial<Pick<ProviderEntryInput, 'refreshToken'>> & {
    readonly clientAuthentication: ProviderEntry['token']['clientAuthentication'];
    readonly accessTokenPath?: string;
    readonly omitsLifetime?: boolean;
  };
  /** `true`: the provider posts its response to the callback. */
  readonly isPosted?: boolean;
}

const PROVIDERS: Readonly<Record<string, Described>> = {
  'secret in the body, JSON, nested tokens, single use, scopes with commas, DELETE to revoke': {
    data: () => ({
      authorize: { scope: { separator: ',' } },
      token: { format: 'json', fields: { expires_in: 3600 } },
      revocation: {
        request: { method: 'DELETE', authentication: 'token', format: 'none' },
        tokens: ['access_token'],
      },
    }),
    secrets: {
      tokenEndpointAuthMethod: 'client_secret_post',
      accessTokenPath: 'data.session.access_token',
    },
    provider: {
      clientAuthentication: ['client_secret_post'],
      accessTokenPath: 'data.session.access_token',
      refreshToken: { rotation: 'single_use', reuseEndsGrant: true },
    },
  },
  'secret in the header, fixed fields, no expires_in, posted response, RFC 7009': {
    data: () => ({
      token: { fields: { audience: 'files' } },
      lifetime: { defaultSeconds: 1200 },
      revocation: { tokens: ['refresh_token'] },
    }),
    secrets: { tokenEndpointAuthMethod: 'client_secret_basic' },
    provider: {
      clientAuthentication: ['client_secret_basic'],
      refreshToken: { rotation: 'replaced' },
      omitsLifetime: true,
    },
    isPosted: true,
  },
  'public client, endpoint for refresh tokens, list of scopes, rejected token with status 200': {
    data: (origin) => ({
      token: { refreshUrl: `${origin}${REFRESH_PATH}`, headers: { accept: 'application/json' } },
      response: { scopesPath: 'granted' },
      api: {
        tokenRejected: [
          { status: [200, 200], body: [{ path: 'error', equals: ['token_revoked'] }] },
        ],
      },
      revocation: {
        request: { authentication: 'token', format: 'none' },
        tokens: ['access_token'],
      },
    }),
    secrets: { tokenEndpointAuthMethod: 'none' },
    provider: { clientAuthentication: ['none'], refreshToken: { rotation: 'single_use' } },
  },
  'secret in the header, JSON, no scopes, nested tokens, posted response, JSON to revoke': {
    data: () => ({
      authorize: { scope: { isSupported: false } },
      token: { format: 'json' },
      lifetime: { defaultSeconds: 900 },
      revocation: {
        request: {
          authentication: 'client_secret_post',
          format: 'json',
          fields: { refresh: '{token}' },
        },
        tokens: ['refresh_token'],
      },
    }),
    secrets: {
      tokenEndpointAuthMethod: 'client_secret_basic',
      accessTokenPath: 'result.access_token',
    },
    provider: {
      clientAuthentication: ['client_secret_basic'],
      accessTokenPath: 'result.access_token',
      refreshToken: { rotation: 'none' },
      omitsLifetime: true,
    },
    isPosted: true,
  },
  'secret in the header without encoding, scopes with |, expiry as text, token in the path to revoke':
    {
      data: () => ({
        authorize: { scope: { separator: '|' } },
        token: { basicEncoding: 'none' },
        response: { expiresAt: { path: 'session.end', format: 'epoch_seconds' } },
        revocation: {
          request: {
            method: 'DELETE',
            authentication: 'client_secret_basic',
            format: 'none',
            pathSegments: ['tokens', '{token}'],
          },
        },
      }),
      secrets: { tokenEndpointAuthMethod: 'client_secret_basic' },
      provider: {
        clientAuthentication: ['client_secret_basic'],
        refreshToken: { rotation: 'single_use', reuseEndsGrant: true },
      },
    },
};

const SECTIONS = 'authorize token response lifetime refreshToken revocation failures api'.split(
  ' ',
);

/** Returns the entry by which the emulated provider checks requests. */
function entryOf({ data, provider }: Described): ProviderEntry {
  const { token, authorize, response, revocation, ...facts } = providerDataSchema.parse(data(AUTH));
  const { clientAuthentication, accessTokenPath, refreshToken } = provider;
  const { refreshUrl, ...request } = token;
  return defineProvider({
    name: 'described',
    displayName: 'Described',
    documentationUrl: `${AUTH}/docs`,
    hosts: ['auth.example.com'],
    authorize: { ...authorize, url: `${AUTH}/authorize` },
    token: {
      ...request,
      clientAuthentication,
      url: `${AUTH}/token`,
      ...(refreshUrl === undefined ? {} : { refreshUrl }),
    },
    response: { ...response, ...(accessTokenPath === undefined ? {} : { accessTokenPath }) },
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(revocation === undefined ? {} : { revocation: { ...revocation, url: `${AUTH}/revoke` } }),
    lifetime: facts.lifetime,
    failures: facts.failures,
    api: facts.api,
    sources: Object.fromEntries(SECTIONS.map((section) => [section, `${AUTH}/docs`])),
  });
}

onEachStore((store) => {
  const environment = startBeforeAll({
    store,
    processes: 2,
    settings: { 'xpack.actions.allowedHosts': ['localhost', '127.0.0.1'] },
  });

  describe.each(Object.entries(PROVIDERS))('a provider with %s', (_, described) => {
    let server: QuirkServer;
    beforeAll(async () => {
      const entry = entryOf(described);
      const { omitsLifetime = false } = described.provider;
      server = await startQuirkServer({ entry, omitsLifetime });
    });
    afterAll(() => server.stop());

    /** Creates the connector with the data that an administrator enters. */
    async function create(data: Data): Promise<string> {
      const { admin, first } = environment;
      const hasScopes = data.authorize?.scope?.isSupported !== false;
      const mode = described.isPosted === true ? '?response_mode=form_post' : '';
      const { tokenEndpointAuthMethod } = described.secrets;
      return createConnector(admin, first, {
        name: 'Described',
        connector_type_id: '.custom_api',
        config: { url: `${server.origin}/api`, providerData: JSON.stringify(data) },
        secrets: {
          authType: 'oauth_authorization_code',
          authorizationUrl: `${server.origin}/authorize${mode}`,
          tokenUrl: `${server.origin}/token`,
          revocationUrl: `${server.origin}/revoke`,
          clientId: server.client.id,
          ...(tokenEndpointAuthMethod === 'none' ? {} : { clientSecret: server.client.secret }),
          ...(hasScopes ? { scope: 'files.read files.write' } : {}),
          ...described.secrets,
        },
      });
    }

    /**
     * Authorizes the connector; the provider consents immediately. Returns the status of the last
     * page.
     */
    async function authorize(user: TestUser, connector: string): Promise<number> {
      const { first } = environment;
      const { authorizationUrl } = await user.startFlow(first, connector);
      const url = new URL(authorizationUrl);
      url.searchParams.set('login_hint', user.username);
      const response = await fetch(url, { redirect: 'manual' });
      const location = response.headers.get('location');
      if (location !== null) {
        const { pathname, search } = new URL(location);
        return (await user.call(first, `GET ${pathname}${search}`)).status;
      }
      const [form] = parseForms(await response.text());
      if (form === undefined) throw new Error(`the provider responded with ${response.status}`);
      const fields = Object.fromEntries(form.fields);
      const posted = { url: new URL(form.action), fields };
      const page = await postFromAnotherSite(first, posted);
      return (await press(user, first, page)).status;
    }

    /** Returns the result of a request with the token of the user. */
    const request = async (user: TestUser, connector: string) => {
      const { second } = environment;
      return user.execute(second, connector, {
        subAction: 'request',
        subActionParams: { method: 'GET', path: '/me' },
      });
    };

    it('is used as its description says: it authorizes, executes, refreshes twice and revokes', async () => {
      const { ana, ben, second } = environment;
      const connector = await create(described.data(server.origin));
      for (const user of [ana, ben]) expect(await authorize(user, connector)).toBe(200);
      for (let round = 0; round < 3; round += 1) {
        for (const user of [ana, ben]) {
          const execution = await request(user, connector);
          expect(execution).toMatchObject({ status: 'ok' });
          expect(JSON.stringify(execution)).toContain(`${user.username}@example.com`);
        }
        expect(server.expireAccessTokens()).toBeGreaterThan(0);
      }
      expect(server.liveGrants()).toBe(2);
      // Some providers revoke with the access token, which must be valid, so each user makes a
      // request first.
      for (const user of [ana, ben]) await request(user, connector);
      await ana.disconnect(second, connector);
      await waitUntil('one grant has ended', () => server.liveGrants() === 1);
      expect(await request(ben, connector)).toMatchObject({ status: 'ok' });
      await ben.disconnect(second, connector);
      await waitUntil('all grants have ended', () => server.liveGrants() === 0);
    });

    it('cannot be used without the provider data that describe it', async () => {
      const { ana, second } = environment;
      const connector = await create({});
      const isUsable = async () => {
        if ((await authorize(ana, connector).catch(() => 500)) !== 200) return false;
        if ((await request(ana, connector)).status !== 'ok') return false;
        server.expireAccessTokens();
        const { status, data } = await request(ana, connector);
        return status === 'ok' && JSON.stringify(data).includes('ana@example.com');
      };
      expect(await isUsable()).toBe(false);
      await ana.disconnect(second, connector);
    });
  });
});
