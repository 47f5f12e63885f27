import { needsAnotherKey, SavedObjectError } from '@latchkey/saved-objects';
import { TokenUnavailableError } from '../token_errors.ts';
import { authorizationError } from './refresh_decision.ts';

/**
 * A failure of the store in the words of this capability. A store that is away is never a credential problem; a single row that cannot be
 * decrypted can only be repaired by its owner. Anything else passes unchanged.
 */
export function tokenFailure(error: unknown, authMethod: string): unknown {
  if (!(error instanceof SavedObjectError)) return error;
  switch (error.code) {
    case 'store_unavailable':
      return new TokenUnavailableError(
        'store_unavailable',
        'Stored tokens cannot be read or written right now. Nothing was refreshed; nobody needs to authorize again.',
        undefined,
        { cause: error },
      );
    case 'newer_version':
      return new TokenUnavailableError(
        'store_unavailable',
        'These tokens were written by a newer build of the server, which this process cannot read. It passes when the upgrade is complete; nobody needs to authorize again.',
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
