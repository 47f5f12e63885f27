import { describe, expect, it } from '@jest/globals';
import { ungrantedScopeError } from './missing_scope.ts';

const needed = [['mail.change', 'mail.all']] as const;
const errorFor = (
  authType: string,
  requested: readonly string[],
  granted?: readonly string[],
): string | undefined =>
  ungrantedScopeError(needed, granted, {
    authType,
    requestedScopes: () => requested,
    provider: undefined,
  })?.message;

describe('an action whose scopes the token response did not name', () => {
  it('is refused with EARS if the connector does not request them', () => {
    expect(errorFor('ears', ['mail.read'])).toContain('does not request [mail.change]');
    expect(errorFor('ears', ['mail.read'], [])).toContain('does not request [mail.change]');
  });

  it.each([
    ['ears', ['mail.change']],
    ['ears', ['mail.read', 'mail.all']],
    ['ears', []],
    ['oauth_authorization_code', ['mail.read']],
  ])('is permitted with %s and the requested scopes %j', (authType, requested) => {
    expect(errorFor(authType, requested)).toBeUndefined();
  });

  it('is refused with EARS if the token response names others', () => {
    expect(errorFor('ears', ['mail.change'], ['mail.read'])).toContain('lacks [mail.change]');
  });
});
