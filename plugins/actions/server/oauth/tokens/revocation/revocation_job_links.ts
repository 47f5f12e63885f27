import type { ProviderClient } from '../../../types.ts';

/** The part of a {@link ProviderClient} that is needed to revoke its grants. */
export type RevocationClient = Pick<ProviderClient, 'fingerprint' | 'configuration'>;

/**
 * Final result of a grant whose tokens were in the outbox. A revoked grant is not reported: it is
 * counted as the rest.
 */
export type RevocationResult =
  /** The provider refused, or could not be reached for too long. */
  | 'failed'
  /** The provider does not support revocation. */
  | 'unsupported'
  /**
   * A new grant of the same account replaced it, and revoking the old grant would have ended the
   * new one.
   */
  | 'replaced';

/** The functions of revocation jobs that this capability needs. */
export interface RevocationJobLinks {
  /**
   * The client that a connector had before an edit or its deletion. Available while grants of that
   * client are being revoked. `undefined`: unknown.
   */
  formerClient(connectorId: string, fingerprint: string): Promise<RevocationClient | undefined>;
  /**
   * Stores the result of a grant, at least once per grant. Resolves when it is stored. Does not
   * reject when the revocation job was deleted.
   */
  recordResult(revocationJobId: string, result: RevocationResult): Promise<void>;
}

/** No revocation jobs: for a process that only disconnects single grants. */
export const NO_REVOCATION_JOBS: RevocationJobLinks = {
  formerClient: async () => undefined,
  recordResult: async () => undefined,
};
