import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import type { ThrottleSecret } from './throttle_secret.ts';

/** Saved-object type of failed logins. The id of a document consists of the kind and a bucket. */
export const LOGIN_FAILURES_TYPE = 'login_failures';

/** Kind of a count of failures. */
export type FailureKind = 'address' | 'device' | 'user' | 'network';

/** Maximum number of counts in one document. */
export const MAX_COUNTS = 8;
/**
 * Number of hexadecimal digits of a key that name its document. There are 2^20 documents per kind.
 */
const BUCKET_DIGITS = 5;
const KEY_DIGITS = 32;

const attributesV1 = {
  failures: z.number().nonnegative(),
  lastFailureAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
};

const storedCount = z.strictObject({
  /** Key of the count, computed by {@link countKey}. */
  key: z.string(),
  ...attributesV1,
});
/** Number of failed logins under one key, as it is stored. */
export type StoredCount = z.infer<typeof storedCount>;

const attributesV2 = {
  /**
   * For servers of an older build, which know only version 1. The cleanup also reads `expiresAt`.
   */
  ...attributesV1,
  counts: z.array(storedCount).max(MAX_COUNTS),
};
const currentAttributes = z.strictObject(attributesV2);
/** Attributes of a document with counts of failed logins. */
export type FailureAttributes = z.infer<typeof currentAttributes>;

/**
 * Counts of failed logins. They are stored, so that limits apply to all processes together and
 * survive a restart.
 */
export const loginFailuresType: SavedObjectsType = {
  name: LOGIN_FAILURES_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: { properties: { expiresAt: { type: 'date' } } },
  modelVersions: {
    1: {
      changes: [],
      schemas: {
        create: z.strictObject(attributesV1),
        forwardCompatibility: z.strictObject(attributesV1),
      },
    },
    2: {
      // A count of version 1 does not contain its key, so it is dropped.
      changes: [{ type: 'data_backfill', backfill: () => ({ counts: [] }) }],
      schemas: { create: currentAttributes, forwardCompatibility: z.object(attributesV2) },
    },
  },
};

/**
 * Key of a count. It is computed with a secret, so that attackers cannot choose names that share a
 * document.
 */
export function countKey(
  secret: Pick<ThrottleSecret, 'mac'>,
  kind: FailureKind,
  subject: readonly string[],
): string {
  return `${kind}.${secret
    .mac('count', kind, ...subject)
    .toString('hex')
    .slice(0, KEY_DIGITS)}`;
}

/**
 * Id of the document that contains a count. All keys share a fixed number of documents with a fixed
 * number of counts each, so the store is bounded, however many names are invented. Each count has
 * its whole key, so counts in one document do not share failures.
 */
export function documentOf(key: string): string {
  return key.slice(0, key.indexOf('.') + 1 + BUCKET_DIGITS);
}
