import { describe, expect, it } from '@jest/globals';
import { anEarsClient, aStandardClient } from '../oauth_client.mock.ts';
import { checkIssuer } from './issuer_check.ts';

const issuer = 'https://auth.example.com';

describe('checkIssuer', () => {
  it.each([
    'https://evil.example',
    `${issuer}/`,
    'HTTPS://auth.example.com',
    ' https://auth.example.com',
  ])('A17: refuses the issuer %p before any token request', (iss) => {
    expect(() => checkIssuer(aStandardClient({ issuer }), iss)).toThrow(
      expect.objectContaining({ code: 'issuer_mismatch', kind: 'misconfigured' }),
    );
  });

  it.each([undefined, ''])('A18: refuses a missing issuer (%p) where one was promised', (iss) => {
    const client = aStandardClient({ issuer, issuerRequiredInResponse: true });
    expect(() => checkIssuer(client, iss)).toThrow(
      expect.objectContaining({ code: 'issuer_missing', kind: 'misconfigured' }),
    );
  });

  it('accepts the configured issuer, and a missing one where none was promised', () => {
    checkIssuer(aStandardClient({ issuer, issuerRequiredInResponse: true }), issuer);
    checkIssuer(aStandardClient({ issuer }), undefined);
  });

  it('accepts any issuer when none is known', () => {
    checkIssuer(aStandardClient(), 'https://whoever.example');
    checkIssuer(anEarsClient(), 'https://whoever.example');
  });
});
