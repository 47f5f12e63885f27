import { describe, expect, it } from '@jest/globals';
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
const ears = { auth_mode: 'per-user' as const, config: { authType: 'ears' } };
const oauth = { auth_mode: 'per-user' as const, config: { authType: 'oauth_authorization_code' } };
const shared = { auth_mode: 'shared' as const, config: { authType: 'bearer' } };

describe('what the settings of the server make unavailable', () => {
  it('is nothing when all are set, or when an older server tells nothing', () => {
    for (const boot of [READY, { ...READY, plugins: {} }]) {
      const { ofAuthType, ofType, ofConnector } = unavailabilities(boot);
      expect(ofAuthType('ears')).toBeUndefined();
      expect(ofType({ auth_types: [authType('ears')] })).toBeUndefined();
      expect(ofConnector(ears)).toBeUndefined();
    }
  });

  it('is a type that offers nothing but EARS', () => {
    const { ofType } = unavailabilities(WITHOUT_EARS);
    expect(ofType({ auth_types: [authType('ears')] })).toBe('ears');
    expect(ofType({ auth_types: [authType('ears'), authType('basic', true)] })).toBe('ears');
    expect(ofType({ auth_types: [authType('ears'), authType('bearer')] })).toBeUndefined();
    expect(ofType({ auth_types: [] })).toBeUndefined();
  });

  it('is the connection to a connector that uses EARS', () => {
    const { ofConnector } = unavailabilities(WITHOUT_EARS);
    expect([ears, oauth, shared, { ...ears, config: undefined }].map(ofConnector)).toEqual([
      'ears',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is every personal connection when no provider can return to the server', () => {
    const { ofConnector } = unavailabilities({ ...READY, hasPublicBaseUrl: false });
    expect([ears, oauth, shared].map(ofConnector)).toEqual([
      'public_base_url',
      'public_base_url',
      undefined,
    ]);
  });
});
