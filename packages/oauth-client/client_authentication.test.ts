import { aProvider } from '@latchkey/oauth-providers/mocks';
import { describe, expect, it } from 'vitest';
import type { StandardClient } from './client.ts';
import { credentialsOf } from './client_authentication.ts';
import { aStandardClient } from './oauth_client.mock.ts';

const credentials = (client: Partial<StandardClient>, basicEncoding?: 'form' | 'none') => {
  const url = 'https://auth.example.com/token';
  const { token } = aProvider({
    token: { url, ...(basicEncoding === undefined ? {} : { basicEncoding }) },
  });
  const described = aStandardClient({ ...client, provider: { token } });
  return credentialsOf(described, 'client_secret_basic', new Date(0));
};

describe('the HTTP Basic authentication of a client', () => {
  it.each([
    [undefined, 'my+client:s%2Fe%25'],
    ['form', 'my+client:s%2Fe%25'],
    ['none', 'my client:s/e%'],
  ] as const)('with the encoding %o, sends id and secret as %s', async (encoding, pair) => {
    const client = { clientId: 'my client', clientSecret: 's/e%' };
    expect((await credentials(client, encoding)).headers).toEqual({
      authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
    });
  });

  it('is refused for a client id with a colon if it is not encoded', async () => {
    await expect(credentials({ clientId: 'a:b' }, 'none')).rejects.toMatchObject({
      kind: 'misconfigured',
    });
  });
});
