import { describe, expect, it } from 'vitest';
import type { DecryptedConnector } from '../connector_data/index.ts';
import type { ConnectorType } from '../connector_types/index.ts';
import { ConnectorValidationCache } from './connector_validation_cache.ts';

function aConnector(over: Partial<DecryptedConnector> = {}): DecryptedConnector {
  return {
    id: 'c1',
    spaceId: 'default',
    name: 'Files',
    connectorTypeId: '.custom_api',
    config: { url: 'https://files.example' },
    secrets: { authType: 'bearer', token: 'first-token' },
    authType: 'bearer',
    authMode: 'shared',
    version: 'v1',
    ...over,
  };
}

/** A type that counts its validations. `secretDefaults`: values that its schema adds. */
function aType(secretDefaults: Record<string, unknown> = {}) {
  const asked = { config: 0, secrets: 0 };
  const type = {
    spec: { actions: { find: {} } },
    credentialOrigins: (config: { url?: unknown }) => [new URL(String(config.url)).origin],
    validate: {
      config: (config: Record<string, unknown>) => {
        asked.config += 1;
        if (typeof config['url'] !== 'string') throw new Error('invalid config');
        return { ...config };
      },
      secrets: (secrets: Record<string, unknown>) => {
        asked.secrets += 1;
        return { ...secretDefaults, ...secrets };
      },
    },
  };
  return { asked, type: type as unknown as ConnectorType };
}

describe('the cache of validated connectors', () => {
  it('validates one version once, and returns the secrets of each read', () => {
    const { asked, type } = aType();
    const known = new ConnectorValidationCache();
    known.check(aConnector(), type);
    const secrets = { authType: 'bearer', token: 'first-token' };
    const checked = known.check(aConnector({ secrets }), type);
    expect(asked).toEqual({ config: 1, secrets: 1 });
    expect(checked.secrets).toBe(secrets);
    expect(checked.config).toEqual({ url: 'https://files.example' });
    expect(checked.binding.credentialOrigins).toEqual(['https://files.example']);
  });

  it('ignores an enabled action that the type no longer has, and keeps the others', () => {
    const config = { url: 'https://files.example', enabledActions: ['removed', 'find'] };
    const checked = new ConnectorValidationCache().check(aConnector({ config }), aType().type);
    expect(checked.config).toEqual({ ...config, enabledActions: ['find'] });
  });

  it('validates an edited connector again', () => {
    const { asked, type } = aType();
    const known = new ConnectorValidationCache();
    known.check(aConnector(), type);
    const edited = aConnector({ version: 'v2', config: { url: 'https://other.example' } });
    expect(known.check(edited, type).binding.credentialOrigins).toEqual(['https://other.example']);
    expect(asked.config).toBe(2);
  });

  it('separates connectors with the same id in two spaces', () => {
    const { type } = aType();
    const known = new ConnectorValidationCache();
    known.check(aConnector(), type);
    const other = aConnector({ spaceId: 'sales', config: { url: 'https://sales.example' } });
    expect(known.check(other, type).binding.credentialOrigins).toEqual(['https://sales.example']);
    expect(known.check(aConnector(), type).binding.credentialOrigins).toEqual([
      'https://files.example',
    ]);
  });

  it('parses secrets at every execution when their schema adds values', () => {
    const { asked, type } = aType({ headerField: 'x-api-key' });
    const known = new ConnectorValidationCache();
    known.check(aConnector(), type);
    expect(known.check(aConnector(), type).secrets).toMatchObject({ headerField: 'x-api-key' });
    expect(asked.secrets).toBe(2);
  });

  it('freezes the config that executions share', () => {
    const { type } = aType();
    const known = new ConnectorValidationCache();
    const connector = aConnector();
    const { config } = known.check(connector, type);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(connector.config)).toBe(false);
  });

  it.each([false, true])(
    'freezes the secrets and headers that executions share, with mapped credentials: %s',
    (isMapped) => {
      const { type } = aType({ nested: { token: 'first-token' } });
      const mapCredentials = () => ({
        secrets: { authType: 'basic', nested: { password: 'first-password' } },
        headers: { 'x-api-key': 'first-key' },
        tls: {},
      });
      const known = new ConnectorValidationCache();
      const connector = Object.freeze(aConnector());
      const used = isMapped ? Object.assign(type, { mapCredentials }) : type;
      const checked = known.check(connector, used);
      expect(known.check(connector, used)).toBe(checked);
      const { secrets, storedSecrets, secretHeaders } = checked;
      const shared = [secrets, secrets['nested'], storedSecrets, storedSecrets['nested']];
      expect([...shared, secretHeaders].map(Object.isFrozen)).toEqual(Array(5).fill(true));
    },
  );

  it('validates an invalid connector every time', () => {
    const { type } = aType();
    const known = new ConnectorValidationCache();
    const broken = aConnector({ config: {} });
    expect(() => known.check(broken, type)).toThrow('invalid config');
    expect(() => known.check(broken, type)).toThrow('invalid config');
  });
});
