import { connectorSpecs } from '@latchkey/connector-specs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildFromSpec } from './build_from_spec.ts';
import { ConnectorTypeError } from './connector_type_error.ts';
import { aConnectorSpec, connectorTypeDeps } from './connector_types.mock.ts';

const OAUTH = {
  authType: 'oauth_authorization_code',
  authorizationUrl: 'https://login.example.com/authorize',
  tokenUrl: 'https://login.example.com/token',
  clientId: 'client',
  clientSecret: 'dev-only-secret',
};

type Deps = Parameters<typeof connectorTypeDeps>[0];
const validate = (deps: Deps = {}, spec = aConnectorSpec()) =>
  buildFromSpec(spec, connectorTypeDeps(deps)).validate;

const environmentType = (id: string, deps: Deps = {}) => {
  const spec = connectorSpecs.find(({ metadata }) => metadata.id === id);
  if (spec === undefined) throw new Error(`no ${id}`);
  return validate(deps, spec);
};

const failure = (act: () => unknown): ConnectorTypeError => {
  try {
    act();
  } catch (error) {
    if (error instanceof ConnectorTypeError) return error;
    throw error;
  }
  throw new Error('was accepted');
};

describe('the config of a connector', () => {
  it('gets the defaults of its schema', () => {
    expect(validate().config({ url: 'https://api.example.com' })).toEqual({
      url: 'https://api.example.com',
      region: 'eu',
    });
  });

  it('may contain a valid auth type, which the server adds as a copy', () => {
    const url = 'https://api.example.com';
    expect(validate().config({ url, authType: 'bearer' })).toMatchObject({ authType: 'bearer' });
    expect(failure(() => validate().config({ url, authType: 'magic' })).message).toContain(
      '[authType]',
    );
  });

  it('may contain enabled actions, and must still match the schema of the type', () => {
    const url = 'https://api.example.com';
    const enabledActions = ['echo'];
    expect(validate().config({ url, enabledActions })).toMatchObject({ enabledActions });
    const ignoring = aConnectorSpec({
      schema: z.object({ url: z.string() }),
      validateUrls: { fields: ['url'] },
    });
    expect(failure(() => validate({}, ignoring).config({ url, other: 1 })).message).toContain(
      'has unknown fields: other',
    );
    const http = environmentType('.http').config;
    const wrong = { url, hasAuth: false, authType: 'webhook-authentication-basic' };
    const { message } = failure(() => http({ ...wrong, enabledActions: ['request'] }));
    expect(message).toContain('[authType]: must be null');
  });

  it('is refused without a field that its auth type requires', () => {
    const { derivedEndpoints } = environmentType('.jira-cloud');
    const basic = { authType: 'basic', username: 'a', password: 'b' };
    expect(failure(() => derivedEndpoints({ subdomain: '' }, basic))).toMatchObject({
      code: 'invalid_config',
      message: 'invalid config: [subdomain]: is required with this auth type',
      issues: [{ path: 'config.subdomain', code: 'invalid' }],
    });
    expect(() => derivedEndpoints({ subdomain: 'acme' }, basic)).not.toThrow();
    expect(() => derivedEndpoints({}, OAUTH)).not.toThrow();
  });

  it('is refused with the path and the problem of each field, without its value', () => {
    const error = failure(() =>
      validate().config({ url: 5, region: 'canary-canary', x: 'canary' }),
    );
    expect(error.code).toBe('invalid_config');
    expect(error.message).toBe(
      'invalid config: [url]: expected string; [region]: is too big or too long (maximum 9); has unknown fields: x',
    );
  });

  it('is refused with a message that names only the first five of 10,000 unknown fields', () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`field${n}`, n]));
    const { message } = failure(() => validate().config({ url: 'https://a.example.com', ...many }));
    expect(message).toBe(
      'invalid config: has unknown fields: field0, field1, field2, field3, field4 and 9995 more',
    );
  });

  it.each([
    ['http://api.example.com', 'https'],
    ['file:///etc/passwd', 'scheme'],
    ['gopher://api.example.com', 'scheme'],
    ['https://evil.test', 'xpack.actions.allowedHosts'],
    ['https://169.254.169.254/latest', 'host'],
    ['not a url', 'invalid'],
  ])('C41: is refused with the reason for the URL %s', (url, why) => {
    const error = failure(() => validate({ allowedHosts: ['api.example.com'] }).config({ url }));
    expect(error.code).toBe('url_not_allowed');
    expect(error.message).toMatch(/^\[url\]: /);
    expect(error.message).toContain(why);
  });

  it.each([
    ['.salesforce', 'loginHost', 'acme.my.salesforce.com'],
    ['.sharepoint-online', 'tenant', 'contoso.com'],
  ])(
    'of %s is refused with client credentials when the %s belongs to no organization, even by default',
    (id, field, own) => {
      const type = environmentType(id);
      const secrets = {
        authType: 'oauth_client_credentials',
        clientId: 'client',
        clientSecret: 'dev-only-secret',
      };
      const save = (config: object) => type.derivedEndpoints(type.config(config), secrets);
      const { issues } = failure(() => save({}));
      expect(issues).toMatchObject([{ path: `config.${field}` }]);
      expect(() => save({ [field]: own })).not.toThrow();
    },
  );

  it('is refused for URLs in fields that the schema marks and in fields that the spec lists', () => {
    const { validateUrls: _, ...spec } = aConnectorSpec({
      schema: z.strictObject({
        endpoint: z
          .string()
          .max(99)
          .meta({ validate: { allowedHosts: true } })
          .optional(),
      }),
    });
    const { config } = validate({ allowedHosts: ['ok.test'] }, spec);
    expect(config({})).toEqual({});
    expect(config({ endpoint: 'https://ok.test' })).toEqual({ endpoint: 'https://ok.test' });
    expect(failure(() => config({ endpoint: 'https://no.test' })).code).toBe('url_not_allowed');
  });
});

describe('the secrets of a connector', () => {
  it.each([undefined, null, {}])(
    'have the auth type none when they are %o and the type allows that',
    (secrets) => {
      expect(validate().secrets(secrets)).toEqual({ authType: 'none' });
    },
  );

  it('are an empty object for a type without auth', () => {
    const { auth: _, ...spec } = aConnectorSpec();
    expect(validate({}, spec).secrets({})).toEqual({});
    expect(validate({}, spec).secrets({ authType: 'none' })).toEqual({});
    expect(failure(() => validate({}, spec).secrets({ authType: 'bearer' })).code).toBe(
      'invalid_secrets',
    );
  });

  it('contain the defaults of fields that the form hides', () => {
    const { secrets } = environmentType('.google_drive');
    expect(
      secrets({ authType: 'oauth_authorization_code', clientId: 'c', clientSecret: 'dev-only' }),
    ).toMatchObject({ tokenUrl: 'https://oauth2.googleapis.com/token' });
    expect(secrets({ authType: 'ears' })).toMatchObject({ provider: 'google' });
  });

  it('are refused with a list of the available auth types when the type lacks theirs', () => {
    const error = failure(() => validate().secrets({ authType: 'basic' }));
    expect(error.message).toBe(
      'invalid secrets: [authType]: expected one of: none, bearer, oauth_authorization_code',
    );
  });

  it.each(['tokenUrl', 'authorizationUrl'])(
    'C41: are refused when their %s is not in the allow-list',
    (field) => {
      const { secrets } = validate({ allowedHosts: ['login.example.com'] });
      expect(secrets(OAUTH)).toMatchObject(OAUTH);
      const error = failure(() =>
        secrets({ ...OAUTH, [field]: 'https://evil.test/canary?canary' }),
      );
      expect(error).toMatchObject({ code: 'url_not_allowed' });
      expect(error.message).toContain(`[${field}]`);
      expect(error.message).not.toContain('canary');
    },
  );

  it('are refused with the name of the missing setting when EARS is not available', () => {
    const { secrets } = environmentType('.google_drive', { isEarsAvailable: () => false });
    const error = failure(() => secrets({ authType: 'ears' }));
    expect(error.code).toBe('ears_unavailable');
    expect(error.message).toContain('xpack.actions.auth.ears.url');
    expect(secrets({ authType: 'bearer', token: 't' })).toMatchObject({ token: 't' });
  });

  it('E65: never appear in an error, even if the caller sent them in the wrong field', () => {
    const canary = 'dev-canary-value';
    const { secrets } = validate();
    const anywhere = fc.record(
      {
        authType: fc.constantFrom('none', 'bearer', 'oauth_authorization_code', canary),
        token: fc.constantFrom(canary, `${canary}\n${canary}`, [canary], { a: canary }),
        clientSecret: fc.constantFrom(canary, 5),
        tokenUrl: fc.constantFrom(`https://x.test/${canary}`, canary, `file:///${canary}`),
        [canary]: fc.constant(canary),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anywhere, (given) => {
        try {
          secrets(given);
        } catch (error) {
          expect(`${error} ${JSON.stringify(error)}`).not.toContain(canary);
        }
      }),
    );
  });
});

describe('the parameters of an execution', () => {
  it('get the defaults of the action before the handler reads them', () => {
    expect(validate().params({ subAction: 'echo', subActionParams: {} })).toEqual({
      subAction: 'echo',
      subActionParams: { text: 'hi' },
      fetchOptions: undefined,
    });
    expect(validate().params({ subAction: 'echo' }).subActionParams).toEqual({ text: 'hi' });
  });

  it('contain the size limit of one call', () => {
    const params = { subAction: 'echo', fetchOptions: { max_content_length: 9 } };
    expect(validate().params(params).fetchOptions).toEqual({ maxContentLength: 9 });
  });

  it('may consist of the connection test alone, if the type has one', () => {
    const test = { enabled: false, handler: async () => ({}) };
    expect(validate().params({ subAction: '_test', subActionParams: {} }).subAction).toBe('_test');
    expect(
      failure(() => validate({}, aConnectorSpec({ test })).params({ subAction: '_test' })).message,
    ).toBe('invalid params: [subAction]: expected one of: echo');
  });

  it.each([
    undefined,
    'text',
    {},
    { subAction: '' },
    { subAction: 'nope' },
    { subAction: '__proto__' },
    { subAction: 'constructor' },
    { subAction: 'echo', other: 1 },
    { subAction: 'echo', subActionParams: { text: 'x'.repeat(11) } },
    { subAction: 'echo', subActionParams: { unknown: 1 } },
    { subAction: 'echo', fetchOptions: { max_content_length: 0 } },
    { subAction: 'echo', fetchOptions: { skip_ssl_verification: true } },
  ])('are refused when they are %j', (params) => {
    expect(failure(() => validate().params(params)).code).toBe('invalid_params');
  });

  it.each([
    ['.sharepoint-online', 'downloadItemFromURL', { downloadUrl: 'nope' }],
    ['.microsoft-teams', 'createChat', { chatType: 'group', userIds: ['a', '\ud800'] }],
  ])(
    'of %s are refused when a text of %s cannot be read as the action needs it',
    (id, subAction, subActionParams) => {
      const act = () => environmentType(id).params({ subAction, subActionParams });
      expect(failure(act).code).toBe('invalid_params');
    },
  );

  it('are refused above xpack.actions.maxPayloadSize, counted in bytes', () => {
    const { params } = validate({ maxPayloadBytes: 30 });
    const tooLong = { subAction: 'echo', subActionParams: { text: 'ä'.repeat(10) } };
    expect(failure(() => params(tooLong))).toMatchObject({ code: 'params_too_large' });
    const tooMuch = { subAction: 'echo', fetchOptions: { max_content_length: 31 } };
    expect(failure(() => params(tooMuch))).toMatchObject({ code: 'params_too_large' });
    expect(params({ subAction: 'echo', subActionParams: { text: 'a'.repeat(10) } })).toBeDefined();
  });
});
