import { describe, expect, it } from '@jest/globals';
import { createGrantClients, type GrantClientsDeps } from './grant_clients.ts';
import { anEarsConnector, fakeEgress, someDeps } from './strategies.mock.ts';

const clientOf = (deps: Partial<GrantClientsDeps> = {}, secrets = {}) =>
  createGrantClients(someDeps(deps)).forConnector(
    anEarsConnector({ secrets: { ...anEarsConnector().secrets, ...secrets } }),
  );

describe('EARS connectors', () => {
  it('take the provider from secrets and have no provider key', () => {
    const client = clientOf();
    expect(client.providerKey).toBeUndefined();
    expect(client.configuration).toEqual({
      dialect: 'ears',
      baseUrl: 'https://ears.example.com',
      provider: 'google',
      scope: 'drive.readonly',
    });
  });

  it.each([
    [undefined, 'ears_not_configured', 'xpack.actions.auth.ears.url'],
    [{ enabled: true }, 'ears_not_configured', 'xpack.actions.auth.ears.url'],
    [
      { url: 'https://e.example.com', enabled: false },
      'ears_disabled',
      'xpack.actions.auth.ears.enabled',
    ],
  ])('name the setting when EARS is %j', (ears, code, setting) => {
    expect(() => clientOf({ ears })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(setting) }),
    );
  });

  it.each(['', undefined, 'dropbox', '__proto__'])('refuse the provider %p', (provider) => {
    expect(() => clientOf({}, { provider })).toThrow(
      expect.objectContaining({ code: 'oauth_incomplete' }),
    );
  });

  it('send the browser to EARS and check its host', () => {
    const egress = fakeEgress();
    const client = clientOf({ egress });
    client.ensureEndpointsAllowed();
    expect(egress.checked).toEqual(['https://ears.example.com']);
    const url = client.buildAuthorizationUrl({
      redirectUri: 'https://latchkey.example/cb',
      state: 's',
      codeChallenge: 'c',
    });
    expect(url).toMatch(/^https:\/\/ears\.example\.com\/v1\/google\/oauth\/authorize\?/);
  });

  it('present the verification mode of the configuration', async () => {
    const egress = fakeEgress();
    const ears = {
      url: 'https://ears.example.com',
      enabled: true,
      ssl: { verificationMode: 'certificate' as const },
    };
    await clientOf({ egress, ears }).refresh('rt', new AbortController().signal);
    expect(egress.sent[0]?.init).toMatchObject({ verificationMode: 'certificate' });
  });
});
