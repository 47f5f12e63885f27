import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import { z } from 'zod';

/**
 * Mark of a grant that was stored, and whose connector and user were not checked since. Written
 * with the grant, so that the check is made even if the process crashes after the write.
 */
export interface UncheckedMark {
  /** Instant at which the grant was stored. */
  readonly since: Date;
  /**
   * Client that obtained the grant. The connector may have another one by now. `undefined`: the
   * connector is preconfigured, or the record was read without decryption.
   */
  readonly client:
    | { readonly fingerprint: string; readonly configuration: OAuthClientConfiguration }
    | undefined;
}

/** Stored form of {@link UncheckedMark}. Both attributes are absent from a checked grant. */
export const uncheckedAttributes = {
  uncheckedSince: z.iso.datetime().optional(),
  /**
   * Encrypted, because it contains the client secret. Contains the fingerprint, because a server of
   * an older version that stores a grant of another client leaves this attribute unchanged. The
   * attribute then does not apply to the grant.
   */
  uncheckedClient: z
    .strictObject({
      fingerprint: z.string().min(1).max(128),
      configuration: z.custom<OAuthClientConfiguration>(
        (value) => typeof value === 'object' && value !== null,
      ),
    })
    .optional(),
};
