import type { TLSSocket } from 'node:tls';
import type { Route, ServerProcess } from '@latchkey/test-environment';
import { stopAtTheEnd } from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type LoopbackServer, startServer } from '../../../packages/egress/fixtures/loopback.ts';
import { testCertificates } from '../../../packages/egress/fixtures/test_certificates.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

type Values = Readonly<Record<string, unknown>>;

const { authority, server: certificate, client, clientPfx } = testCertificates;
const secrets = { user: 'u', password: 'development-password' };
const BASIC = `Basic ${Buffer.from('u:development-password').toString('base64')}`;
const object = z.record(z.string(), z.unknown());

onEachStore((store) => {
  describe('the HTTP connector as Kibana’s clients use it', () => {
    let service: LoopbackServer;
    /**
     * One item per request: `true` if the client presented a certificate that the service trusts.
     */
    const certified: boolean[] = [];
    let basic: Values;
    beforeAll(async () => {
      service = await startServer(
        (_request, response) => {
          certified.push((response.socket as TLSSocket).authorized);
          response.setHeader('content-type', 'application/json');
          response.end('{"ok":true}');
        },
        { ...certificate, ca: authority, requestCert: true, rejectUnauthorized: false },
      );
      stopAtTheEnd(() => service.stop());
      basic = {
        url: `${service.origin}/v1`,
        headers: { 'X-Team': 'a' },
        hasAuth: true,
        authType: 'webhook-authentication-basic',
        ca: Buffer.from(authority).toString('base64'),
      };
    });
    const environment = startBeforeAll(() => ({
      store,
      settings: {
        'xpack.actions.enabledActionTypes': ['.http'],
        'xpack.actions.preconfigured': {
          fixed: { name: 'Fixed', actionTypeId: '.http', config: basic, secrets },
          former: {
            name: 'Former',
            actionTypeId: '.http',
            config: { url: service.origin },
            secrets: { authType: 'bearer', token: 'development-token' },
          },
        },
      },
    }));

    const ask = async (route: Route, body?: Values, at = environment.first): Promise<Values> =>
      object.parse(await environment.admin.json(at, route, body));
    const run = (id: string, params: Values, at?: ServerProcess) =>
      ask(`POST /api/actions/connector/${id}/_execute`, { params }, at);

    it('is created, listed, updated and executed, even by another process', async () => {
      const { admin, first } = environment;
      const created = await ask('POST /api/actions/connector/h', {
        name: 'HTTP',
        connector_type_id: '.http',
        config: basic,
        secrets,
      });
      expect(created).toMatchObject({ connector_type_id: '.http', config: basic });
      const list = await admin.json(first, 'GET /api/actions/connectors');
      expect(list).toContainEqual(expect.objectContaining({ id: 'h', config: basic }));

      const changed = { ...basic, headers: { 'X-Team': 'b' } };
      const path = '/api/actions/connector/h';
      const put = await ask(`PUT ${path}`, { name: 'HTTP', config: changed });
      expect(put).toMatchObject({ config: changed });
      const second = await environment.addServer();
      expect(await ask(`GET ${path}`, undefined, second)).toMatchObject({ config: changed });

      for (const at of [first, second]) {
        const input = { method: 'POST', path: '/items', query: { q: '1' }, body: '{}' };
        for (const params of [input, { subAction: 'request', subActionParams: input }]) {
          expect(await run('h', params, at)).toMatchObject({
            status: 'ok',
            data: { status: 200, data: { ok: true } },
          });
        }
      }
      expect(certified).toEqual([false, false, false, false]);
      for (const { method, url, headers } of service.seen) {
        expect({ method, url, ...headers }).toMatchObject({
          method: 'POST',
          url: '/v1/items?q=1',
          authorization: BASIC,
          'x-team': 'b',
        });
      }
    });

    it.each([
      ['PEM texts', { certType: 'ssl-crt-key' }, { crt: client.cert, key: client.key }],
      ['a PFX file', { certType: 'ssl-pfx' }, { pfx: clientPfx, password: 'dev-only' }],
    ])(
      'presents its client certificate, stored as %s, and no response contains any part of it',
      async (_form, config, given) => {
        const { id } = await ask('POST /api/actions/connector', {
          name: 'TLS',
          connector_type_id: '.http',
          config: { ...basic, authType: 'webhook-authentication-ssl', ...config },
          secrets: given,
        });
        expect(await run(String(id), {})).toMatchObject({ status: 'ok' });
        expect(certified.at(-1)).toBe(true);
        const read = await ask(`GET /api/actions/connector/${id}`);
        for (const value of Object.values(given)) {
          expect(JSON.stringify(read)).not.toContain(JSON.stringify(value).slice(1, -1));
        }
      },
    );

    it('is executed when kibana.yml defines it, in its own and in the former format, whichever types are enabled', async () => {
      expect(await run('fixed', { method: 'GET', path: '/fixed' })).toMatchObject({ status: 'ok' });
      expect(service.seen.at(-1)).toMatchObject({
        url: '/v1/fixed',
        headers: { authorization: BASIC },
      });
      // This connector is of a type that is not enabled, and it does not trust the test's private
      // certificate authority. A TLS error therefore proves that the connector was executed.
      const former = await run('former', { subAction: 'request', subActionParams: {} });
      expect(former).toMatchObject({ status: 'error', retry: true });
      expect(environment.first.output()).toContain(
        'xpack.actions.preconfigured.former: connectors with the auth type [bearer] now have the type [.custom_api]',
      );
    });
  });
});
