import type { ProviderClient } from '../../../types.ts';

/** Where tokens of one client can be revoked: enough of a {@link ProviderClient} to end its grants. */
export type RevocationClient = Pick<ProviderClient, 'fingerprint' | 'configuration'>;

/** What finally became of a grant whose tokens went through the outbox. A grant that was revoked is not told: it is what is left. */
export type RevocationResult =
  /** The provider refused, or was away for too long. */
  | 'failed'
  /** The provider has no way to revoke. */
  | 'unsupported'
  /** A new grant of the same account took its place; revoking the old one would have ended the new one. */
  | 'replaced';

/** What this capability asks of the runs that end many grants. */
export interface RevocationJobLinks {
  /** The client that a connector had before an edit or its deletion, while grants of it are still being ended. */
  formerClient(connectorId: string, fingerprint: string): Promise<RevocationClient | undefined>;
  /** Resolves once it is stored. At least once per grant. Never rejects for a run that is gone. */
  recordResult(revocationJobId: string, result: RevocationResult): Promise<void>;
}

/** Nobody runs anything: for a process that only disconnects single grants. */
export const NO_REVOCATION_JOBS: RevocationJobLinks = {
  formerClient: async () => undefined,
  recordResult: async () => undefined,
};
