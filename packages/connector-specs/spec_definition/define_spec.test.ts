import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ConnectorSpec } from '../contract/types.ts';
import { defineApi } from '../operations/index.ts';
import { generateSecretsSchemaFromSpec } from '../schema/index.ts';
import { getMeta } from '../ui_metadata/index.ts';
import { resolveConfigOrigin } from './config_origins.ts';
import { defineConnectorSpec } from './define_spec.ts';
import { aConnectorSpec } from './spec.mock.ts';

const withId = (id: string): ConnectorSpec =>
  aConnectorSpec({ metadata: { ...aConnectorSpec().metadata, id } });

const codeOf = (spec: ConnectorSpec): string => {
  try {
    defineConnectorSpec(spec);
    return 'accepted';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
};

describe('the definition of a connector type', () => {
  it('is accepted and frozen when it is valid', () => {
    expect(Object.isFrozen(defineConnectorSpec(aConnectorSpec()))).toBe(true);
  });

  it.each(['.a', '.google_drive', '.sharepoint-online', '.1password', `.${'a'.repeat(63)}`])(
    'is accepted with the id %s',
    (id) => {
      expect(codeOf(withId(id))).toBe('accepted');
    },
  );

  it.each(['', '.', 'drive', '..', '.a b', '.a/b', `.${'a'.repeat(64)}`, '.ä'])(
    'is refused with the id %o',
    (id) => {
      expect(codeOf(withId(id))).toBe('invalid_metadata');
    },
  );

  it('is refused when an action has the reserved name of the connection test', () => {
    const { actions } = aConnectorSpec();
    expect(codeOf(aConnectorSpec({ actions: { _test: actions['echo'] as never } }))).toBe(
      'reserved_action',
    );
  });

  it.each(['', '1a', 'a-b', 'a.b', '_private', 'a'.repeat(65)])(
    'is refused with the action name %o',
    (name) => {
      const { actions } = aConnectorSpec();
      expect(codeOf(aConnectorSpec({ actions: { [name]: actions['echo'] as never } }))).toBe(
        'invalid_action_name',
      );
    },
  );

  it.each(['input', 'output'])(
    'is refused when the %s of an action has fields and is not a schema',
    (member) => {
      const { actions } = aConnectorSpec();
      const echo = { ...actions['echo'], [member]: { text: z.string() } };
      expect(codeOf(aConnectorSpec({ actions: { echo: echo as never } }))).toBe(
        'invalid_action_schema',
      );
    },
  );

  it('is refused when one of its actions is an operation that only handlers may call', () => {
    const { operation } = defineApi({ name: 'Sample API', baseUrl: 'https://api.sample.test' });
    const part = operation('GET /items', { input: {}, output: z.object({}) });
    expect(codeOf(aConnectorSpec({ actions: { part } }))).toBe('undescribed_action');
  });

  it('is refused when it has neither an action nor a connection test', () => {
    const test = { enabled: false, handler: async () => ({}) };
    expect(codeOf(aConnectorSpec({ actions: {}, test }))).toBe('nothing_to_run');
  });

  it('is refused when it lists an auth type twice, as an id or with changes', () => {
    expect(
      codeOf(aConnectorSpec({ auth: { types: ['bearer', { type: 'bearer', defaults: {} }] } })),
    ).toBe('duplicate_auth_type');
  });

  it('is refused with an unknown auth type', () => {
    expect(codeOf(aConnectorSpec({ auth: { types: ['magic'] } }))).toBe('unknown_auth_type');
  });

  it('is refused when validateUrls misspells a field, which would bypass the allow-list', () => {
    expect(codeOf(aConnectorSpec({ validateUrls: { fields: ['ulr'] } }))).toBe('unknown_url_field');
  });

  it.each(['http://api.example.com', 'https://api.example.com/', 'api.example.com', 'https://'])(
    'is refused with %o as an origin for credentials',
    (origin) => {
      expect(codeOf(aConnectorSpec({ apiOrigins: [origin] }))).toBe('invalid_api_origin');
    },
  );

  it('may name a grant fact of its provider as an origin, and no other fact', () => {
    const provider = 'salesforce';
    const codeWith = (origin: string) => codeOf(aConnectorSpec({ provider, apiOrigins: [origin] }));
    expect(codeWith('{grant.instance_url}')).toBe('accepted');
    for (const origin of ['{grant.cloudId}', 'https://{grant.instance_url}'])
      expect(codeWith(origin)).toBe('invalid_api_origin');
    const withoutProvider = aConnectorSpec({ apiOrigins: ['{grant.instance_url}'] });
    expect(codeOf(withoutProvider)).toBe('invalid_api_origin');
  });

  it.each(['Authorization', 'cookie', 'Host', 'Transfer-Encoding', 'a b', '__proto__'])(
    'is refused with the header %o in every call',
    (header) => {
      const headers = Object.fromEntries([[header, 'x']]);
      expect(codeOf(aConnectorSpec({ auth: { types: [], headers } }))).toBe('forbidden_header');
    },
  );

  it('is refused with an unknown provider', () => {
    expect(codeOf(aConnectorSpec({ provider: 'unknown' as never }))).toBe('unknown_provider');
  });

  it('has the endpoints of its provider as hidden defaults, unless the spec states other endpoints', () => {
    const oauth = 'oauth_authorization_code';
    const own = { defaults: { scope: 'a', tokenUrl: 'https://own' } };
    const shown = { meta: { tokenUrl: { hidden: false } } };
    const types = ['bearer', { type: oauth, ...own, overrides: shown }];
    const { auth } = defineConnectorSpec(aConnectorSpec({ provider: 'google', auth: { types } }));
    expect(auth?.types).toEqual([
      'bearer',
      {
        type: oauth,
        defaults: {
          authorizationUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
          tokenUrl: 'https://own',
          scope: 'a',
        },
        overrides: { meta: { authorizationUrl: { hidden: true }, tokenUrl: { hidden: false } } },
      },
    ]);
  });

  describe('with endpoints that depend on the config of a connector', () => {
    const app = { clientId: 'c', clientSecret: 's' };
    const specOf = (provider: 'zendesk' | 'microsoft', over = {}) =>
      defineConnectorSpec(
        aConnectorSpec({
          provider,
          auth: { types: ['bearer', 'oauth_authorization_code', 'oauth_client_credentials'] },
          ...over,
        }),
      );

    it.each(['oauth_authorization_code', 'oauth_client_credentials'])(
      'makes endpoints for %s hidden and optional, and accepts entered endpoints',
      (authType) => {
        const schema = generateSecretsSchemaFromSpec(specOf('microsoft'));
        expect(schema.parse({ authType, ...app })).toEqual({ authType, ...app });
        const tokenUrl = 'https://login.microsoftonline.us/contoso.com/oauth2/v2.0/token';
        expect(schema.parse({ authType, ...app, tokenUrl })).toHaveProperty('tokenUrl', tokenUrl);
        const options = z.toJSONSchema(schema, { io: 'input' }).oneOf ?? [];
        const shown = options.find((option) =>
          option.properties?.['authType'] === undefined
            ? false
            : JSON.stringify(option.properties['authType']).includes(authType),
        );
        expect(shown?.properties?.['tokenUrl']).toMatchObject({ hidden: true });
      },
    );

    it('has the config fields of its provider, with label, default and rules', () => {
      const { schema } = specOf('microsoft');
      expect(schema?.parse({})).toEqual({ tenant: 'organizations' });
      expect(getMeta(schema?.shape['tenant'] as z.ZodType)).toMatchObject({ label: 'Tenant ID' });
      expect(specOf('zendesk').schema?.safeParse({}).success).toBe(false);
      expect(specOf('zendesk').schema?.parse({ subdomain: 'acme' })).toEqual({ subdomain: 'acme' });
    });

    it('keeps a config field that it declares itself, and gets none when no auth type has an OAuth app', () => {
      const schema = z.strictObject({ tenant: z.literal('own') });
      expect(specOf('microsoft', { schema }).schema).toBe(schema);
      expect(specOf('zendesk', { auth: { types: ['basic'] } }).schema).toBeUndefined();
    });

    it.each(['evil.example/', 'contoso.com/..', 'a b', '..', 'contoso.com#', 'evil'])(
      'C118: refuses the tenant %o',
      (tenant) => {
        const parsed = specOf('microsoft').schema?.safeParse({ tenant });
        expect(parsed?.error?.issues).toMatchObject([
          { path: ['tenant'], message: expect.stringContaining('is not a tenant id') },
        ]);
      },
    );
  });

  it('may have an origin with a config field', () => {
    const schema = z.strictObject({ site: z.string().max(63) });
    const codeWith = (origin: string) => codeOf(aConnectorSpec({ schema, apiOrigins: [origin] }));
    expect(codeWith('https://{config.site}.example.com')).toBe('accepted');
    for (const origin of ['https://{config.other}.example.com', 'http://{config.site}.example.com'])
      expect(codeWith(origin)).toBe('invalid_api_origin');
    for (const origin of ['https://x{config.site}.example.com', '{config.site}'])
      expect(codeWith(origin)).toBe('invalid_api_origin');
  });

  it('C118: has no origin for a config value that is not a label of a host name', () => {
    const resolve = (site: unknown) =>
      resolveConfigOrigin('https://{config.site}.example.com', { site });
    expect(resolve('acme')).toBe('https://acme.example.com');
    for (const site of ['evil.test/', 'a.b', 'a@b', 'evil.test#', '', 7, undefined])
      expect(resolve(site)).toBeUndefined();
  });
});
