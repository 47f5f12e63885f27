import { connectorSpecs } from '@latchkey/connector-specs';
import { describe, expect, it } from 'vitest';
import { aConnectorSpec, connectorTypeDeps } from './connector_types.mock.ts';
import { TypeRegistry } from './type_registry.ts';

const aRegistry = (enabledActionTypes: readonly string[] = ['*']): TypeRegistry =>
  new TypeRegistry({ ...connectorTypeDeps(), enabledActionTypes });

const withId = (id: string, supportedFeatureIds: readonly string[] = ['workflows']) =>
  aConnectorSpec({ metadata: { ...aConnectorSpec().metadata, id, supportedFeatureIds } });

describe('the registry of connector types', () => {
  it('registers every shipped connector type', () => {
    const registry = aRegistry();
    for (const spec of connectorSpecs) registry.register(spec);
    expect(registry.list().map(({ id }) => id)).toEqual(
      connectorSpecs.map(({ metadata }) => metadata.id),
    );
    expect(registry.get('.google_drive')).toMatchObject({
      name: 'Google Drive',
      source: 'spec',
      isTestable: true,
      isExperimental: true,
      minimumLicenseRequired: 'enterprise',
      globalAuthHeaders: { Accept: 'application/json' },
    });
  });

  it('does not list system types, and refuses connectors of them', () => {
    const registry = aRegistry();
    registry.registerSystem(withId('.http-system'));
    expect(registry.getSystem('.http-system').id).toBe('.http-system');
    expect(registry.list()).toEqual([]);
    expect(registry.has('.http-system')).toBe(false);
    for (const find of [
      () => registry.getEnabled('.http-system'),
      () => registry.getExecutable({ connectorTypeId: '.http-system', isPreconfigured: true }),
      () => registry.getSystem('.google_drive'),
    ])
      expect(find).toThrow(expect.objectContaining({ code: 'unknown_type' }));
  });

  it.each([
    ['*', true],
    ['.http', true],
    ['.http-system', true],
    ['.other', false],
  ])(
    'with %s enabled, the system type for HTTP requests is available (expected: %s)',
    (enabled, isOffered) => {
      const registry = aRegistry([enabled]);
      registry.registerSystem(withId('.http-system'));
      const get = () => registry.getSystem('.http-system').id;
      if (isOffered) expect(get()).toBe('.http-system');
      else expect(get).toThrow(expect.objectContaining({ code: 'type_disabled' }));
    },
  );

  it('refuses a second type with the same id', () => {
    const registry = aRegistry();
    registry.register(aConnectorSpec());
    expect(() => registry.register(aConnectorSpec())).toThrow(
      expect.objectContaining({ code: 'duplicate_type', connectorTypeId: '.sample' }),
    );
  });

  it('refuses types after start', () => {
    const registry = aRegistry();
    registry.close();
    expect(() => registry.register(aConnectorSpec())).toThrow(
      expect.objectContaining({ code: 'registry_closed' }),
    );
  });

  it('refuses a spec that breaks a rule and names the rule', () => {
    const { actions } = aConnectorSpec();
    const spec = aConnectorSpec({ actions: { _test: actions['echo'] as never } });
    expect(() => aRegistry().register(spec)).toThrow(
      expect.objectContaining({
        code: 'invalid_spec',
        message: expect.stringContaining('_test'),
        cause: expect.objectContaining({ code: 'reserved_action' }),
      }),
    );
  });

  it('refuses a spec with invalid auth defaults', () => {
    const types = [{ type: 'api_key_header', defaults: { headerField: 'Host' } }];
    expect(() => aRegistry().register(aConnectorSpec({ auth: { types } }))).toThrow(
      expect.objectContaining({ code: 'invalid_spec' }),
    );
  });

  it('names an unknown type in the error', () => {
    expect(() => aRegistry().get('.nope')).toThrow(
      expect.objectContaining({ code: 'unknown_type', connectorTypeId: '.nope' }),
    );
  });

  it('returns disabled types for reading, but not for executing or editing connectors', () => {
    const registry = aRegistry(['.other']);
    registry.register(aConnectorSpec());
    expect(registry.isEnabled('.sample')).toBe(false);
    expect(registry.get('.sample').id).toBe('.sample');
    expect(() => registry.getEnabled('.sample')).toThrow(
      expect.objectContaining({
        code: 'type_disabled',
        message: expect.stringContaining('xpack.actions.enabledActionTypes'),
      }),
    );
  });

  it('lists the types of one feature', () => {
    const registry = aRegistry();
    registry.register(withId('.a', ['workflows', 'cases']));
    registry.register(withId('.b', ['alerting']));
    expect(registry.list({ featureId: 'cases' }).map(({ id }) => id)).toEqual(['.a']);
    expect(registry.list({ featureId: 'unknown' })).toEqual([]);
  });
});

describe('the OAuth description of a connector type', () => {
  it('contains the provider definition', () => {
    const registry = aRegistry();
    for (const spec of connectorSpecs) registry.register(spec);
    expect(registry.describeOAuth('.google_drive')).toMatchObject({
      urlConfigFields: [],
      provider: {
        revocation: { url: 'https://oauth2.googleapis.com/revoke' },
        issuer: 'https://accounts.google.com',
        authorize: { parameters: { access_type: 'offline', prompt: 'consent' } },
        lifetime: { idleLimitDays: 180 },
      },
    });
    expect(registry.describeOAuth('.custom_api')).toMatchObject({
      urlConfigFields: ['url'],
      provider: undefined,
    });
  });

  it('C47: contains the origins that may receive the credentials', () => {
    const registry = aRegistry();
    for (const spec of connectorSpecs) registry.register(spec);
    expect(registry.describeOAuth('.google_drive').apiOrigins({})).toEqual([
      'https://www.googleapis.com',
    ]);
    const { credentialOrigins } = registry.get('.custom_api');
    expect(credentialOrigins({ url: 'https://api.example.com:8443/v1' })).toEqual([
      'https://api.example.com:8443',
    ]);
    // A host with a final dot is the same host (RFC 1034 §3.1). The final dot is removed, because
    // origins are compared without it.
    expect(credentialOrigins({ url: 'https://api.example.com.:8443/v1' })).toEqual([
      'https://api.example.com:8443',
    ]);
    expect(credentialOrigins({ url: 'damaged' })).toEqual([]);
  });

  it('does not limit the origins when neither spec nor config names origins', () => {
    const registry = aRegistry();
    const { schema: _schema, validateUrls: _urls, ...spec } = aConnectorSpec();
    registry.register(spec);
    expect(registry.get('.sample').credentialOrigins({})).toBeUndefined();
  });
});
