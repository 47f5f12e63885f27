import { describe, expect, it } from 'vitest';
import { config } from './config.ts';
import { tlsWarningsOf } from './tls_warnings.ts';

const warningsOf = (settings: unknown) => tlsWarningsOf(config.schema.parse(settings));

describe('disabled TLS verification', () => {
  it.each([
    ['xpack.actions.ssl.verificationMode', undefined, { ssl: { verificationMode: 'none' } }],
    [
      'xpack.actions.customHostSettings[1].ssl.verificationMode',
      'files.example.com:8443',
      {
        customHostSettings: [
          { url: 'https://good.example.com', ssl: { verificationMode: 'full' } },
          { url: 'https://files.example.com:8443/p4th', ssl: { verificationMode: 'none' } },
          { url: 'https://other.example.com' },
        ],
      },
    ],
    [
      'xpack.actions.ssl.proxyVerificationMode',
      'proxy.example.com:3128',
      {
        proxyUrl: 'https://me:s3cret@proxy.example.com:3128',
        ssl: { proxyVerificationMode: 'none' },
      },
    ],
    [
      'xpack.actions.auth.ears.ssl.verificationMode',
      'ears.example.com',
      {
        auth: { ears: { url: 'https://ears.example.com/v1', ssl: { verificationMode: 'none' } } },
      },
    ],
  ])('C52: causes one warning with the setting %s and its host', (setting, host, settings) => {
    const [warning, ...more] = warningsOf(settings);
    expect(more).toEqual([]);
    expect(warning).toContain(`[${setting}: none]`);
    if (host !== undefined) expect(warning).toContain(`for [${host}]`);
    expect(warning).not.toMatch(/p4th|s3cret/);
  });

  it('causes no warning for a mail server, because this server never calls one', () => {
    const url = 'smtp://mail.example.com:465';
    const customHostSettings = [{ url, ssl: { verificationMode: 'none' } }];
    expect(warningsOf({ customHostSettings })).toEqual([]);
  });

  it('C52: causes one warning per setting that disables it, and none for other settings', () => {
    const mode = { verificationMode: 'none' };
    const all = {
      ssl: { ...mode, proxyVerificationMode: 'none' },
      customHostSettings: [
        { url: 'https://a.example.com', ssl: mode },
        { url: 'https://b.example.com', ssl: mode },
      ],
      auth: { ears: { url: 'https://ears.example.com', ssl: mode } },
    };
    expect(new Set(warningsOf(all)).size).toBe(5);
    expect(warningsOf({})).toEqual([]);
    expect(warningsOf({ ssl: { verificationMode: 'certificate' } })).toEqual([]);
  });
});
