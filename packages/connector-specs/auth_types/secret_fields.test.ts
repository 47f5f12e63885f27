import { describe, expect, it } from 'vitest';
import { AUTH_MODE_BY_AUTH_TYPE_ID, secretsForHandlers } from './index.ts';

const OAUTH = {
  tokenUrl: 'https://login.example.com/token',
  clientId: 'client-1',
  scope: 'files.read',
};
const CREDENTIALS = { clientSecret: 'dev-only-secret', additionalFields: { password: 'dev-only' } };

describe('the secrets that a handler gets', () => {
  it.each(['oauth_client_credentials', 'oauth_authorization_code'])(
    'E66: exclude the secrets of %s that serve only to get a token',
    (authType) => {
      const secrets = { authType, ...OAUTH, ...CREDENTIALS };
      expect(secretsForHandlers(authType, secrets)).toEqual({ authType, ...OAUTH });
      expect(secrets.clientSecret).toBe('dev-only-secret');
    },
  );

  it.each([
    { authType: 'basic', username: 'ana', password: 'dev-only' },
    { authType: 'bearer', token: 'dev-only' },
    { authType: 'api_key_header', 'X-Key': 'dev-only' },
    { authType: 'api_key_header', headerField: 'X-Key', apiKey: 'dev-only' },
  ])('include the fixed credentials of $authType, because calls send them', (secrets) => {
    expect(secretsForHandlers(secrets.authType, secrets)).toEqual(secrets);
  });

  it('E66: include unknown fields only for auth types with fixed credentials', () => {
    const open = Object.keys(AUTH_MODE_BY_AUTH_TYPE_ID).filter(
      (authType) => 'privateKey' in secretsForHandlers(authType, { authType, privateKey: 'dev' }),
    );
    expect(open).toEqual(['basic', 'bearer', 'api_key_header']);
  });

  it('include all secrets of a type without authentication', () => {
    expect(secretsForHandlers('none', {})).toEqual({});
    expect(secretsForHandlers('none', { authType: 'none' })).toEqual({ authType: 'none' });
  });
});
