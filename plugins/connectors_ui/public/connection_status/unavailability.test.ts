import { describe, expect, it } from 'vitest';
import { unavailabilities } from './unavailability.ts';

const READY = { hasPublicBaseUrl: true, plugins: { actions: { isEarsAvailable: true } } };
const WITHOUT_EARS = { ...READY, plugins: { actions: { isEarsAvailable: false } } };

const authType = (id: string, isLegacy = false) => ({
  id,
  label: id,
  auth_mode: 'per-user' as const,
  is_recommended: false,
  is_legacy: isLegacy,
  is_experimental: false,
});
const base = { connector_type_id: '.drive', is_preconfigured: false };
const personal = { ...base, auth_mode: 'per-user' as const };
const ears = { ...personal, config: { authType: 'ears' } };
const oauth = { ...personal, config: { authType: 'oauth_authorization_code' } };
const shared = { ...base, auth_mode: 'shared' as const, config: { authType: 'bearer' } };
const TYPES = new Map([['.drive', { enabled: true }]]);

describe('the list of unavailable features', () => {
  it('is empty when all settings are set, or when an older server does not tell', () => {
    for (const boot of [READY, { ...READY, plugins: {} }]) {
      const { ofAuthType, ofType, ofConnector } = unavailabilities(boot);
      expect(ofAuthType('ears')).toBeUndefined();
      expect(ofType({ auth_types: [authType('ears')] })).toBeUndefined();
      expect(ofConnector(ears, TYPES)).toBeUndefined();
      expect(ofConnector(ears, undefined)).toBeUndefined();
    }
  });

  it('includes a type that offers only EARS when EARS is not available', () => {
    const { ofType } = unavailabilities(WITHOUT_EARS);
    expect(ofType({ auth_types: [authType('ears')] })).toBe('ears');
    expect(ofType({ auth_types: [authType('ears'), authType('basic', true)] })).toBe('ears');
    expect(ofType({ auth_types: [authType('ears'), authType('bearer')] })).toBeUndefined();
    expect(ofType({ auth_types: [] })).toBeUndefined();
  });

  it('includes the connection to a connector that uses EARS when EARS is not available', () => {
    const { ofConnector } = unavailabilities(WITHOUT_EARS);
    expect(
      [ears, oauth, shared, { ...ears, config: undefined }].map((one) => ofConnector(one, TYPES)),
    ).toEqual(['ears', undefined, undefined, undefined]);
  });

  it('includes every personal connection when no provider can return to the server', () => {
    const { ofConnector } = unavailabilities({ ...READY, hasPublicBaseUrl: false });
    expect([ears, oauth, shared].map((one) => ofConnector(one, TYPES))).toEqual([
      'public_base_url',
      'public_base_url',
      undefined,
    ]);
  });

  it('includes every connector whose type this server does not have', () => {
    const { ofConnector } = unavailabilities(WITHOUT_EARS);
    const fixed = { ...shared, is_preconfigured: true };
    expect([ears, shared, fixed].map((one) => ofConnector(one, new Map()))).toEqual([
      'type_missing',
      'type_missing',
      'type_missing',
    ]);
  });

  it('includes a connector of a disabled type, unless the operator has configured it', () => {
    const { ofConnector } = unavailabilities(READY);
    const disabled = new Map([['.drive', { enabled: false }]]);
    const fixed = { ...oauth, is_preconfigured: true };
    expect([oauth, shared, fixed].map((one) => ofConnector(one, disabled))).toEqual([
      'type_disabled',
      'type_disabled',
      undefined,
    ]);
  });
});
