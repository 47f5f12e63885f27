import { describe, expect, it } from 'vitest';
import { EncryptedTypes } from './encrypted_types.ts';

const aRegistration = { type: 'a', attributesToEncrypt: ['s'], attributesToIncludeInAAD: ['b'] };

describe('the registry of encrypted types', () => {
  it('refuses a duplicate type, and a registration after start', () => {
    const types = new EncryptedTypes();
    types.register(aRegistration);
    expect(() => types.register(aRegistration)).toThrow('[a] is registered twice');
    types.close();
    expect(() => types.register({ ...aRegistration, type: 'b' })).toThrow('[b] must be registered');
  });

  it('refuses a type without encrypted attributes, and an attribute that is both encrypted and bound', () => {
    const types = new EncryptedTypes();
    expect(() => types.register({ ...aRegistration, attributesToEncrypt: [] })).toThrow('[a]');
    expect(() => types.register({ ...aRegistration, attributesToEncrypt: ['b'] })).toThrow('[b]');
  });
});
