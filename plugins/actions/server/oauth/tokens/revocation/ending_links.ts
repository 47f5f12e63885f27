import type { GrantClient } from '../../../types.ts';

/** Where tokens of one client can be revoked: enough of a {@link GrantClient} to end its grants. */
export type Revoker = Pick<GrantClient, 'fingerprint' | 'configuration'>;

/** What finally became of a grant whose tokens went through the outbox. A grant that was revoked is not told: it is what is left. */
export type RevocationFate =
  /** The provider refused, or was away for too long. */
  | 'failed'
  /** The provider has no way to revoke. */
  | 'unsupported'
  /** A new grant of the same account took its place; revoking the old one would have ended the new one. */
  | 'replaced';

/** What this capability asks of the runs that end many grants. */
export interface EndingLinks {
  /** The client that a connector had before an edit or its deletion, while grants of it are still being ended. */
  formerClient(connectorId: string, fingerprint: string): Promise<Revoker | undefined>;
  /** Resolves once it is stored. At least once per grant. Never rejects for a run that is gone. */
  noteFate(endingId: string, fate: RevocationFate): Promise<void>;
}

/** Nobody runs anything: for a process that only disconnects single grants. */
export const NO_ENDINGS: EndingLinks = {
  formerClient: async () => undefined,
  noteFate: async () => undefined,
};
