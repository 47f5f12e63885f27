import { needsAnotherKey, SavedObjectError } from '@latchkey/saved-objects';
import { TokenUnavailableError } from '../token_errors.ts';
import { authorizationError } from './refresh_decision.ts';

/**
 * Maps an error of the store to an error of this capability. A store that cannot be reached is
 * never a problem of the credentials. A single document that cannot be decrypted can only be
 * repaired by its user, who must authorize again. Any other error is returned unchanged.
 */
export function tokenFailure(error: unknown, authMethod: string): unknown {
  if (!(error instanceof SavedObjectError)) return error;
  switch (error.code) {
    case 'store_unavailable':
      return new TokenUnavailableError(
        'store_unavailable',
        'Stored tokens cannot be read or written right now. Nothing was refreshed. Try again later; nobody needs to authorize again.',
        undefined,
        { cause: error },
      );
    case 'newer_version':
      return new TokenUnavailableError(
        'store_unavailable',
        'These tokens were written by a newer version of the server, and this process cannot read them. Try again when the upgrade is complete; nobody needs to authorize again.',
        undefined,
        { cause: error },
      );
    case 'undecryptable':
      if (needsAnotherKey(error))
        return new TokenUnavailableError(
          'store_unavailable',
          'These tokens are encrypted with a key that this server does not have. An administrator must list it under xpack.encryptedSavedObjects.keyRotation.decryptionOnlyKeys; nobody needs to authorize again.',
          undefined,
          { cause: error },
        );
      return authorizationError(authMethod, 'token_revoked', error);
    default:
      return error;
  }
}
