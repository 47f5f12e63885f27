import { describe, expect, it } from 'vitest';
import { aConnectorSpec } from '../connector_types/connector_types.mock.ts';
import { shownConfig, shownSecrets } from './form_values.ts';

const KEY_IN_HEADER = aConnectorSpec({
  auth: { types: [{ type: 'api_key_header', defaults: { headerField: 'headerField' } }] },
});

describe('shownSecrets', () => {
  it('hides an API key even if its header has the name of a public field', () => {
    const stored = { authType: 'api_key_header', headerField: 'canary' };
    expect(shownSecrets(KEY_IN_HEADER, 'api_key_header', stored)).toEqual({
      values: { authType: 'api_key_header' },
      credentials: { headerField: { stored: true } },
    });
  });

  it('hides a public field that the spec marks as sensitive', () => {
    const overrides = { meta: { clientId: { sensitive: true } } };
    const types = [{ type: 'oauth_authorization_code', defaults: {}, overrides }];
    const spec = aConnectorSpec({ auth: { types } });
    const stored = { authType: 'oauth_authorization_code', clientId: 'canary', scope: 'one' };
    const { values, credentials } = shownSecrets(spec, 'oauth_authorization_code', stored);
    expect(values).toEqual({ authType: 'oauth_authorization_code', scope: 'one' });
    expect(credentials['clientId']).toEqual({ stored: true });
  });

  it('hides a credential even if the metadata of a spec marks it as public', () => {
    const overrides = { meta: { token: { sensitive: false } } };
    const spec = aConnectorSpec({ auth: { types: [{ type: 'bearer', defaults: {}, overrides }] } });
    const { values } = shownSecrets(spec, 'bearer', { authType: 'bearer', token: 'canary' });
    expect(values).toEqual({ authType: 'bearer' });
  });

  it('hides a URL that contains a password', () => {
    const tokenUrl = 'https://user:canary@idp.example/token';
    const stored = { authType: 'oauth_authorization_code', tokenUrl };
    const { values, credentials } = shownSecrets(
      aConnectorSpec(),
      'oauth_authorization_code',
      stored,
    );
    expect(values).toEqual({ authType: 'oauth_authorization_code' });
    expect(credentials['tokenUrl']).toEqual({ stored: true });
  });

  it('hides fields that the form does not have, and all fields of an unknown type', () => {
    const stored = { authType: 'bearer', token: 't', legacy: 'canary' };
    expect(shownSecrets(aConnectorSpec(), 'bearer', stored)).toEqual({
      values: { authType: 'bearer' },
      credentials: { token: { stored: true }, legacy: { stored: true } },
    });
    expect(shownSecrets(undefined, 'bearer', stored).values).toEqual({ authType: 'bearer' });
    expect(shownSecrets(aConnectorSpec(), 'basic', { username: 'canary' }).values).toEqual({});
  });

  it('reports null, an empty string and an empty object as not stored', () => {
    for (const token of [null, '', {}]) {
      const { credentials } = shownSecrets(aConnectorSpec(), 'bearer', { token });
      expect(credentials).toEqual({ token: { stored: false } });
    }
  });
});

describe('shownConfig', () => {
  it('omits the copy of the auth type, unless the type defines a field of that name', () => {
    const config = { url: 'https://api.example.com', authType: 'bearer' };
    expect(shownConfig(aConnectorSpec(), config)).toEqual({ url: 'https://api.example.com' });
    expect(shownConfig(undefined, config)).toEqual(config);
  });
});
