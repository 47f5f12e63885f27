import { connectorSpecs } from '@latchkey/connector-specs';
import { describe, expect, it } from 'vitest';
import { buildFromSpec } from './build_from_spec.ts';
import { ConnectorTypeError } from './connector_type_error.ts';
import { connectorTypeDeps } from './connector_types.mock.ts';
import { mapConnectorTypeError } from './map_connector_type_error.ts';

const typeOf = (id: string) => {
  const spec = connectorSpecs.find(({ metadata }) => metadata.id === id);
  if (spec === undefined) throw new Error(`no ${id}`);
  return buildFromSpec(spec, connectorTypeDeps({ allowedHosts: ['api.example.com'] })).validate;
};

const refusal = (act: () => unknown): ConnectorTypeError => {
  try {
    act();
  } catch (error) {
    if (error instanceof ConnectorTypeError) return error;
    throw error;
  }
  throw new Error('was accepted');
};
const issuesOf = (act: () => unknown) => refusal(act).issues;

const app = {
  authType: 'oauth_authorization_code',
  authorizationUrl: 'https://api.example.com/authorize',
  tokenUrl: 'https://api.example.com/token',
  clientId: 'client',
  clientSecret: 'development-client-secret',
};

describe('issues of a form', () => {
  it('name every invalid field, its problem and its bounds in one response', () => {
    const secrets = {
      ...app,
      authorizationUrl: 'javascript:alert(1)',
      tokenUrl: undefined,
      clientId: '',
      scope: 'x'.repeat(4_097),
    };
    expect(issuesOf(() => typeOf('.custom_api').secrets(secrets))).toEqual([
      { path: 'secrets.authorizationUrl', code: 'invalid_url', message: 'is not a valid url' },
      { path: 'secrets.tokenUrl', code: 'required', message: 'is required' },
      { path: 'secrets.clientId', code: 'required', message: 'is required' },
      {
        path: 'secrets.scope',
        code: 'too_long',
        message: 'is too big or too long (maximum 4096)',
        params: { maximum: 4096 },
      },
    ]);
  });

  it('report a client secret as required when the client authentication method needs it', () => {
    const { clientSecret: _, ...secrets } = app;
    expect(issuesOf(() => typeOf('.custom_api').secrets(secrets))).toEqual([
      expect.objectContaining({ path: 'secrets.clientSecret', code: 'required' }),
    ]);
  });

  it('name every URL whose host or scheme is not allowed', () => {
    const secrets = {
      ...app,
      authorizationUrl: 'https://elsewhere.example.com/a?key=canary',
      tokenUrl: 'http://api.example.com/token',
    };
    const error = refusal(() => typeOf('.custom_api').secrets(secrets));
    expect(error.issues).toEqual([
      {
        path: 'secrets.authorizationUrl',
        code: 'host_not_allowed',
        message: 'host [elsewhere.example.com] is not in xpack.actions.allowedHosts',
      },
      {
        path: 'secrets.tokenUrl',
        code: 'https_required',
        message: 'host [api.example.com] requires https',
      },
    ]);
    expect(JSON.stringify([error.issues, error.message])).not.toContain('canary');
  });

  it('name an auth type that the connector type lacks, and a missing auth type', () => {
    expect(issuesOf(() => typeOf('.google_drive').secrets({ authType: 'magic' }))).toEqual([
      expect.objectContaining({ path: 'secrets.authType', code: 'invalid_value' }),
    ]);
  });

  it('name unknown fields of the config, but not of the secrets', () => {
    const url = 'https://api.example.com';
    expect(issuesOf(() => typeOf('.custom_api').config({ url, extra: 1 }))).toEqual([
      { path: 'config.extra', code: 'unknown_field', message: 'has a field that does not exist' },
    ]);
    const secrets = { authType: 'bearer', token: 'development-token', canary: 'canary' };
    expect(issuesOf(() => typeOf('.custom_api').secrets(secrets))).toEqual([
      { path: 'secrets', code: 'unknown_field', message: 'has a field that does not exist' },
    ]);
  });

  it('contain no value that was sent', () => {
    const secrets = { authType: 'basic', username: 'canary:canary', password: 5 };
    const error = refusal(() => typeOf('.custom_api').secrets(secrets));
    expect(error.issues.map(({ path, code }) => [path, code])).toEqual([
      ['secrets.username', 'invalid_format'],
      ['secrets.password', 'invalid_type'],
    ]);
    expect(JSON.stringify(error.issues)).not.toContain('canary');
  });

  it('are in the attributes of the error response, and absent from errors without issues', () => {
    const error = refusal(() => typeOf('.custom_api').config({}));
    expect(mapConnectorTypeError(error)).toEqual({
      statusCode: 400,
      message: 'invalid config: [url]: expected string',
      attributes: {
        code: 'invalid_config',
        issues: [{ path: 'config.url', code: 'required', message: 'is required' }],
      },
    });
    const other = new ConnectorTypeError('type_disabled', '.http', 'disabled');
    expect(mapConnectorTypeError(other)?.attributes).toEqual({ code: 'type_disabled' });
  });
});
