import { describe, expect, it } from 'vitest';
import { config } from './config.ts';
import { egressSettingsOf, mailServerWarningsOf } from './egress_settings.ts';

const parse = (value: unknown) => config.schema.parse(value);

describe('xpack.actions', () => {
  it('has safe defaults for every setting', () => {
    expect(parse({})).toMatchObject({
      allowedHosts: ['*'],
      enabledActionTypes: ['*'],
      preconfigured: {},
      maxResponseContentLength: 1_048_576,
      responseTimeout: 60_000,
      ssl: { verificationMode: 'full', proxyVerificationMode: 'full' },
      auth: {
        oauth_authorization_code: {
          redirectUri: 'per_provider',
          sharedRedirectUriOrigins: [],
          trustedRevocationOrigins: [],
          rate_limits: {
            authorize: { limit: 100, lookbackWindow: 3_600_000 },
            callback: { limit: 100, lookbackWindow: 3_600_000 },
          },
        },
      },
      dev: { hostOverrides: {} },
    });
  });

  it('makes EARS available when its URL is configured, unless `enabled` is false', () => {
    expect(parse({ auth: { ears: { url: 'http://localhost:4020' } } }).auth.ears?.enabled).toBe(
      true,
    );
    expect(
      parse({ auth: { ears: { url: 'http://localhost:4020', enabled: false } } }).auth.ears
        ?.enabled,
    ).toBe(false);
  });

  it.each([
    ['an unknown key', { allowedHost: ['*'] }],
    [
      'a reserved connector id',
      { preconfigured: { constructor: { name: 'x', actionTypeId: '.custom_api' } } },
    ],
    [
      'a certificate without its key',
      { auth: { ears: { url: 'https://e', ssl: { certificate: 'a.pem' } } } },
    ],
    [
      'a custom host without a URL',
      { customHostSettings: [{ ssl: { verificationMode: 'none' } }] },
    ],
    [
      'a rate limit of zero',
      { auth: { oauth_authorization_code: { rate_limits: { authorize: { limit: 0 } } } } },
    ],
    ['an invalid proxy URL', { proxyUrl: 'localhost' }],
  ])('refuses %s', (_title, value) => {
    expect(config.schema.safeParse(value).success).toBe(false);
  });

  it('reports the old setting `ears.url` as deprecated', () => {
    expect(config.deprecations).toContainEqual({
      from: 'xpack.actions.ears.url',
      to: 'xpack.actions.auth.ears.url',
    });
  });
});

describe('the parser of outbound settings', () => {
  it('refuses host overrides in production and names the setting', () => {
    const parsed = parse({ dev: { hostOverrides: { 'https://a.example': 'http://localhost:1' } } });
    expect(() => egressSettingsOf(parsed, { mode: 'production', version: '1.2.3' })).toThrow(
      'xpack.actions.dev.hostOverrides',
    );
    expect(
      egressSettingsOf(parsed, { mode: 'development', version: '1.2.3' }).dangerouslyAllowHttp,
    ).toBe(true);
  });

  it('C41: requires https in production', () => {
    const settings = egressSettingsOf(parse({}), { mode: 'production', version: '1.2.3' });
    expect(settings).toMatchObject({ dangerouslyAllowHttp: false, userAgent: 'Latchkey/1.2.3' });
  });

  it('ignores custom settings of mail servers and logs one warning for each', () => {
    const url = 'https://a.example:443';
    const parsed = parse({
      customHostSettings: [{ url: 'smtp://mail.example:465' }, { url }],
    });
    expect(
      egressSettingsOf(parsed, { mode: 'production', version: '1.2.3' }).customHostSettings,
    ).toEqual([{ url }]);
    expect(mailServerWarningsOf(parsed)).toEqual([
      expect.stringContaining('[xpack.actions.customHostSettings.0] is a setting of Kibana'),
    ]);
  });

  it('prefers the list of proxy exceptions to the list of proxied hosts', () => {
    const parsed = parse({
      proxyUrl: 'http://proxy:3128',
      proxyBypassHosts: ['a'],
      proxyOnlyHosts: ['b'],
    });
    expect(egressSettingsOf(parsed, { mode: 'production', version: '1.2.3' }).proxy).toMatchObject({
      bypassHosts: ['a'],
      onlyHosts: undefined,
    });
  });
});
