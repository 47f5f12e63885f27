import type { ProviderName } from '@latchkey/oauth-providers';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineApi } from '../operations/index.ts';
import { connectionTest } from '../spec_definition/connection_test.ts';
import { catalogueSpec } from '../spec_definition/define_spec.ts';
import { useConnector } from './connector_in_test.ts';

const SECRETS = { authType: 'oauth_authorization_code' };

/** A connector with one action, for a provider whose requests differ from RFC 6750. */
function connectorOf(
  provider: ProviderName,
  api: { readonly baseUrl: string; readonly origin: string; readonly headers?: object },
) {
  const { operation } = defineApi({
    name: 'API',
    baseUrl: api.baseUrl,
    provider,
    headers: { ...api.headers },
  });
  const getItem = operation('GET /items/{id}', {
    description: 'Reads one item.',
    input: { id: z.string().max(10) },
    output: z.object({}),
  });
  return catalogueSpec({
    metadata: { id: '.in_test', displayName: 'Test', description: 'For tests.' },
    auth: { types: ['oauth_authorization_code'] },
    apiOrigins: [api.origin],
    provider,
    actions: { getItem },
    test: connectionTest(getItem, { id: '1' }),
  });
}

describe('a provider whose grant contains a label of the API host, with a different word than Bearer before the token', () => {
  const origin = 'https://{grant.dc}.api.mailchimp.com';
  const spec = connectorOf('mailchimp', { origin, baseUrl: `${origin}/3.0` });
  const service = useConnector(spec, { secrets: SECRETS, grant: { dc: 'us6' } });

  it('is called at the host that the grant names, with its word before the token', async () => {
    await service.run('getItem', { id: '7' });
    expect([...service.origins]).toEqual(['https://us6.api.mailchimp.com']);
    expect(service.received).toMatchObject([
      { url: '/3.0/items/7', headers: { authorization: 'OAuth dev-only-token' } },
    ]);
  });

  it.each([{}, { dc: 'evil.example/' }, { dc: 'a.b' }, { dc: '' }])(
    'is not called if the grant is %j',
    async (grant) => {
      await service.use({ grant });
      await expect(service.run('getItem', { id: '7' })).rejects.toMatchObject({
        code: 'invalid_input',
      });
      expect(service.received).toEqual([]);
    },
  );
});

describe('a provider that expects the site of the grant in a header', () => {
  const origin = 'https://api.xero.com';
  const spec = connectorOf('xero', {
    origin,
    baseUrl: origin,
    headers: { 'X-Copy': 'for {grant.tenantId}' },
  });
  const service = useConnector(spec, { secrets: SECRETS, grant: { tenantId: 't-1' } });

  it('gets the site in the headers of a request', async () => {
    await service.run('getItem', { id: '7' });
    expect(service.received[0]?.headers).toMatchObject({
      'xero-tenant-id': 't-1',
      'x-copy': 'for t-1',
      authorization: 'Bearer dev-only-token',
    });
  });

  it.each([{}, { tenantId: 'a\r\nx-evil: 1' }, { tenantId: 'ä' }])(
    'gets no request if the grant is %j',
    async (grant) => {
      await service.use({ grant });
      await expect(service.run('getItem', { id: '7' })).rejects.toMatchObject({
        code: 'invalid_input',
        message: expect.stringContaining('[tenantId]'),
      });
      expect(service.received).toEqual([]);
    },
  );
});

describe('a provider with its own header for the token', () => {
  const origin = 'https://{config.shop}.myshopify.com';
  const spec = connectorOf('shopify', { origin, baseUrl: `${origin}/admin` });
  const service = useConnector(spec, { secrets: SECRETS, config: { shop: 'acme' } });

  it('gets the token in this header, and no Authorization header', async () => {
    await service.run('getItem', { id: '7' });
    const headers = service.received[0]?.headers ?? {};
    expect(headers).toMatchObject({ 'x-shopify-access-token': 'dev-only-token' });
    expect(headers).not.toHaveProperty('authorization');
    expect(service.context.credentialHeaders).toContain('x-shopify-access-token');
  });
});
