import type { SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';
import type { ThrottleSecret } from './throttle_secret.ts';

/** Saved-object type of failed logins; the id is the kind and a bucket. */
export const LOGIN_FAILURES_TYPE = 'login_failures';

/** Kind of a count of failures. */
export type FailureKind = 'address' | 'device' | 'user' | 'network';

/** Maximum number of counts in one document. */
export const MAX_COUNTS = 8;
/** Hexadecimal digits of a key that name its document: 2^20 documents per kind. */
const BUCKET_DIGITS = 5;
const KEY_DIGITS = 32;

const attributesV1 = {
  failures: z.number().nonnegative(),
  lastFailureAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
};

const storedCount = z.strictObject({
  /** Key of the count, from {@link countKey}. */
  key: z.string(),
  ...attributesV1,
});
/** Failed logins under one key, as stored. */
export type StoredCount = z.infer<typeof storedCount>;

const attributesV2 = {
  /** Only for servers that know just version 1. The cleanup also reads `expiresAt`. */
  ...attributesV1,
  counts: z.array(storedCount).max(MAX_COUNTS),
};
const currentAttributes = z.strictObject(attributesV2);
/** Attributes of a document with counts of failed logins. */
export type FailureAttributes = z.infer<typeof currentAttributes>;

/** Stored, so that a limit holds over all processes and survives a restart. */
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
 * The key of a count. It cannot be computed without the secret, so an attacker cannot choose a name
 * that shares a document with another one.
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
 * The document that holds a count. Keys share a fixed number of documents with a fixed number of
 * counts each, so the store has an upper bound however many names are invented. Each count has its
 * whole key, so counts in one document do not share failures.
 */
export function documentOf(key: string): string {
  return key.slice(0, key.indexOf('.') + 1 + BUCKET_DIGITS);
}
