import { waitUntil } from '@latchkey/core/server/wait_until';
import { devServerSettings } from '@latchkey/dev-providers';
import {
  createConnector,
  createUser,
  filesOwner,
  listStrictFiles,
  type ServerProcess,
  startServer,
  strictFiles,
  TestUser,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Collector, startAttackerHost } from '../support/collector.ts';
import { startBeforeAll } from '../support/start_before_all.ts';
import { storedDocuments } from '../support/stored_documents.ts';
import { startUserContentHost, type UserContentHost } from '../support/user_content_host.ts';

const OLDER_BUILD = new URL('../builds/accepts_any_endpoint_build.ts', import.meta.url);

/** Host names by which connectors address the honest provider and the attacker. */
const HOSTS = {
  'on sites of their own': { idp: 'https://login.honest.example', evil: 'https://evil.example' },
  'as customers of one hosting service': {
    idp: 'https://idp-corp.azurewebsites.net',
    evil: 'https://attacker.azurewebsites.net',
  },
} as const;

/** Origin of an honest provider that also serves files of its users, as GitLab does. */
const GITLAB = 'https://gitlab.honest.example';

onEachStore((store) => {
  const environment = startBeforeAll({
    store,
    build: OLDER_BUILD,
    providerSettings: async (providers) => {
      const { strict } = providers;
      collector = await startAttackerHost({
        authorizationEndpoint: strict.authorizationEndpoint,
        tokenUrl: `${HOSTS['on sites of their own'].idp}/token`,
      });
      gitlab = await startUserContentHost(strict.origin);
      const settings = devServerSettings(providers);
      const overrides = Object.values(HOSTS).flatMap(({ idp, evil }) => [
        [idp, strict.origin],
        [evil, collector.origin],
      ]);
      overrides.push([GITLAB, gitlab.origin]);
      return { ...settings, 'xpack.actions.dev.hostOverrides': Object.fromEntries(overrides) };
    },
  });
  let gitlab: UserContentHost;
  let collector: Collector;
  let eddy: TestUser;
  let server: ServerProcess;
  /**
   * Ids of two stored connectors, by the host name in their URLs: one will be edited, the other
   * deleted. The older build saved them, and Ana authorized them through the attacker's
   * authorization URL.
   */
  const stored = new Map<string, { readonly edited: string; readonly deleted: string }>();
  let halfStored: string;

  const body = (name: keyof typeof HOSTS, over: Readonly<Record<string, unknown>> = {}) => {
    const { idp, evil } = HOSTS[name];
    return strictFiles(environment, {
      authorizationUrl: `${evil}/authorize`,
      tokenUrl: `${idp}/token`,
      revocationUrl: `${evil}/revoke`,
      ...over,
    });
  };
  /**
   * The honest provider and the attacker share one address and therefore count as one site. Only
   * the revocation URL shows that the endpoints belong to two parties.
   */
  const halfBody = () => strictFiles(environment, { revocationUrl: `${collector.origin}/revoke` });

  beforeAll(async () => {
    eddy = new TestUser({ username: 'eddy', password: 'eddy-password-55a0' });
    await environment.admin.json(environment.first, 'PUT /api/security/role/connector_editor', {
      kibana: [{ feature: { actions: ['all'] }, spaces: ['*'] }],
    });
    await createUser(environment.admin, environment.first, eddy, ['connector_editor']);
    await eddy.logIn(environment.first);
    const authorized = async (of: ReturnType<typeof halfBody>): Promise<string> => {
      const connector = await createConnector(eddy, environment.first, of);
      expect((await environment.ana.connect(environment.first, connector)).status).toBe(200);
      return connector;
    };
    for (const name of Object.keys(HOSTS) as (keyof typeof HOSTS)[])
      stored.set(name, {
        edited: await authorized(body(name)),
        deleted: await authorized(body(name)),
      });
    halfStored = await authorized(halfBody());
    await environment.first.stop();
    const { dataPath, settings, first: older } = environment;
    server = await startServer({ dataPath, settings, publicBaseUrl: older.url });
  });

  const save = (of: ReturnType<typeof halfBody>, id?: string) => {
    const { connector_type_id, ...rest } = of;
    return id === undefined
      ? eddy.call(server, 'POST /api/actions/connector', of)
      : eddy.call(server, `PUT /api/actions/connector/${id}`, rest);
  };
  const codeOf = ({ text }: { readonly text: string }): unknown =>
    (JSON.parse(text) as { attributes?: { code?: string } }).attributes?.code;
  const warningsOf = async (id: string) => {
    const found = await eddy.json(server, `GET /api/actions/connector/${id}`);
    return (found as { warnings?: readonly string[] }).warnings;
  };
  const usableGrants = async (connector: string) =>
    (await storedDocuments(environment, 'user_connector_token')).filter(
      ({ attributes }) =>
        attributes['connectorId'] === connector && attributes['credentials'] !== undefined,
    );
  /** Waits until Ana's grant has ended and only the result of its revocation is stored. */
  const untilEnded = async (connector: string) => {
    await waitUntil(
      'the end of the grant',
      async () => (await usableGrants(connector)).length === 0,
    );
    for (const token of ['refresh token', 'access token'])
      await server.waitForOutput(`The ${token} of connector [${connector}] `);
  };

  describe.each(Object.keys(HOSTS) as (keyof typeof HOSTS)[])(
    'an attacker and a provider %s',
    (name) => {
      const of = () => stored.get(name) ?? { edited: '', deleted: '' };

      it('H114: cannot be combined in a connector that is saved now', async () => {
        const response = await save(body(name));
        expect([response.status, codeOf(response)]).toEqual([400, 'endpoints_not_confirmed']);
        const { idp, evil } = HOSTS[name];
        const honest = { authorizationUrl: `${idp}/auth`, revocationUrl: `${evil}/revoke` };
        const half = await save(body(name, honest));
        expect([half.status, codeOf(half)]).toEqual([400, 'revocation_url_refused']);
      });

      it('H114: receive no more calls from a connector that was stored earlier, and its editor is told what to correct', async () => {
        for (const connector of Object.values(of())) {
          const execution = await environment.ana.execute(server, connector, listStrictFiles);
          expect(execution).toMatchObject({ status: 'error', errorSource: 'user', retry: false });
          expect(await warningsOf(connector)).toEqual([
            expect.stringContaining('it is not confirmed that both belong to the same provider'),
          ]);
        }
        const start = await environment.ana.call(
          server,
          `POST /internal/actions/connector/${of().edited}/_start_oauth_flow`,
          {},
        );
        expect([start.status, codeOf(start)]).toEqual([500, 'endpoints_not_confirmed']);
      });

      it('H114: get no token when a connector that was stored earlier is edited or deleted', async () => {
        const { edited, deleted } = of();
        const renamed = await save({ ...body(name), name: 'Renamed' }, edited);
        expect([renamed.status, codeOf(renamed)]).toEqual([400, 'endpoints_not_confirmed']);
        const { idp } = HOSTS[name];
        const corrected = {
          authorizationUrl: `${idp}/auth`,
          revocationUrl: `${idp}/token/revocation`,
        };
        expect((await save(body(name, corrected), edited)).status).toBe(200);
        await untilEnded(edited);
        expect(
          (await eddy.call(server, `DELETE /api/actions/connector/${deleted}`)).status,
        ).toBeLessThan(300);
        await untilEnded(deleted);
        expect(collector.revokeBodies).toEqual([]);
      });
    },
  );

  /**
   * Returns the response of the callback. The redirect URI names the stopped server, because its
   * URL is the public one.
   */
  const authorize = async (connector: string) => {
    const { ana, first } = environment;
    const callback = await ana.callbackPath(server, connector, { publicServer: first });
    return ana.call(server, `GET ${callback}`);
  };

  it('H114: an attacker who publishes metadata with the honest token URL gets no token', async () => {
    const name = 'on sites of their own';
    const issuer = HOSTS[name].evil;
    const refused = await save(body(name, { issuer }));
    expect([refused.status, codeOf(refused)]).toEqual([400, 'revocation_url_refused']);
    const withoutRevocation = body(name, { issuer, revocationUrl: undefined });
    const connector = await createConnector(eddy, server, withoutRevocation);
    const response = await authorize(connector);
    expect(response.status).toBe(400);
    expect(response.text).toContain('did not come from the provider of this connector');
    expect(
      (await eddy.call(server, `DELETE /api/actions/connector/${connector}`)).status,
    ).toBeLessThan(300);
    expect(collector.revokeBodies).toEqual([]);
  });

  describe("an issuer whose metadata is a user's file on the origin of the token URL", () => {
    const issuer = `${GITLAB}/attacker/repo/-/raw/main`;
    const honest = () => {
      const { authorizationEndpoint, tokenEndpoint } = environment.strict;
      const [authorize, token] = [authorizationEndpoint, tokenEndpoint].map(
        (url) => `${GITLAB}${new URL(url).pathname}`,
      );
      return { authorizationUrl: authorize, tokenUrl: token, issuer };
    };
    const publish = (over: Readonly<Record<string, unknown>>) => {
      const { authorizationUrl, tokenUrl } = honest();
      gitlab.files.set('/attacker/repo/-/raw/main/.well-known/openid-configuration', {
        issuer,
        authorization_endpoint: authorizationUrl,
        token_endpoint: tokenUrl,
        ...over,
      });
    };

    it('H114: does not make a revocation URL trusted, so that the URL receives no refresh token', async () => {
      const revocationUrl = 'https://evil.example/revoke';
      for (const over of [{}, { authorization_response_iss_parameter_supported: true }]) {
        publish({ revocation_endpoint: revocationUrl, ...over });
        const response = await save(strictFiles(environment, { ...honest(), revocationUrl }));
        expect([response.status, codeOf(response)]).toEqual([400, 'revocation_url_refused']);
      }
    });

    it('A20: does not make an authorization URL of another site trusted', async () => {
      const authorizationUrl = 'https://evil.example/authorize';
      publish({ authorization_endpoint: authorizationUrl });
      const response = await save(strictFiles(environment, { ...honest(), authorizationUrl }));
      expect([response.status, codeOf(response)]).toEqual([400, 'endpoints_not_confirmed']);
    });

    it('is accepted with endpoints that are all on that origin', async () => {
      const revocationUrl = `${GITLAB}/token/revocation`;
      publish({ revocation_endpoint: revocationUrl });
      const response = await save(strictFiles(environment, { ...honest(), revocationUrl }));
      expect(response.status).toBe(200);
    });
  });

  it('a connector is refused when its settings would send a token other than the access token to the API', async () => {
    for (const accessTokenPath of ['refresh_token', 'data.refresh_token', 'id_token']) {
      const response = await save(strictFiles(environment, { accessTokenPath }));
      expect([response.status, codeOf(response)]).toEqual([400, 'response_path_refused']);
    }
    const layout = { accessTokenPath: 'access_token' };
    const connector = await createConnector(eddy, server, strictFiles(environment, layout));
    expect((await authorize(connector)).status).toBe(200);
    expect(await filesOwner(environment.ana, server, connector)).toBe('ana@example.com');
  });

  it('a connector is refused when its authorization URL requests a permission that the confirmation page does not show', async () => {
    const { authorizationEndpoint } = environment.strict;
    for (const [params, over] of [
      ['scope=openid%20files.write', { scopeParamName: 'x_scope' }],
      ['scope=files.write', {}],
      ['user_scope=files.write', {}],
      ['claims=%7B%7D', {}],
      ['request_uri=https%3A%2F%2Fevil.example%2Fr', {}],
      ['request=eyJ', {}],
    ] as const) {
      const authorizationUrl = `${authorizationEndpoint}?${params}`;
      const response = await save(strictFiles(environment, { authorizationUrl, ...over }));
      expect([params, response.status, codeOf(response)]).toEqual([
        params,
        400,
        'authorization_params_refused',
      ]);
    }
  });

  it('H114: a stored connector whose revocation URL alone is refused keeps working with a warning, and that URL gets no token', async () => {
    const { ana } = environment;
    expect(await filesOwner(ana, server, halfStored)).toBe('ana@example.com');
    expect(await warningsOf(halfStored)).toEqual([
      expect.stringContaining('so no token is sent there'),
    ]);
    expect((await ana.disconnect(server, halfStored)).status).toBe(204);
    await server.waitForOutput(`The refresh token of connector [${halfStored}] cannot be revoked`);
    expect(await ana.status(server, halfStored)).toMatchObject({
      connection_status: 'not_connected',
      last_error: { code: 'revocation_unsupported' },
    });
    expect(collector.revokeBodies).toEqual([]);
  });
});
