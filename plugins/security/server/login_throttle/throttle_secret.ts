import { createHmac } from 'node:crypto';
import type { Randomness } from '@latchkey/core/server';
import type { SavedObjectsRepository, SavedObjectsType } from '@latchkey/saved-objects';
import { z } from 'zod';

/** Saved-object type of the secret. There is one document of this type. */
export const THROTTLE_SECRET_TYPE = 'login_throttle_secret';

const DOCUMENT_ID = 'current';
const SECRET_BYTES = 32;

const attributes = z.strictObject({ secret: z.base64url() });
type SecretAttributes = z.infer<typeof attributes>;

/** The secret is stored, so that all processes of an installation compute the same keys. */
export const throttleSecretType: SavedObjectsType = {
  name: THROTTLE_SECRET_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: { properties: {} },
  modelVersions: {
    1: { changes: [], schemas: { create: attributes, forwardCompatibility: attributes } },
  },
};

/**
 * Secret of the installation, with which the keys of failure counts, the tags of known addresses
 * and the order of turns are computed. Attackers who do not know the secret cannot find out which
 * names share a document, or which client is next.
 */
export class ThrottleSecret {
  readonly #repository: () => SavedObjectsRepository;
  readonly #randomness: Pick<Randomness, 'bytes'>;
  #secret: Buffer | undefined;

  constructor(deps: {
    /** Returns the repository, which exists only once the plugin starts. */
    readonly repository: () => SavedObjectsRepository;
    readonly randomness: Pick<Randomness, 'bytes'>;
  }) {
    this.#repository = deps.repository;
    this.#randomness = deps.randomness;
  }

  /**
   * Reads the secret, or creates it at the first start. Call it before the first login.
   * @throws SavedObjectError when the store is not available
   */
  async load(): Promise<void> {
    const { after } = await this.#repository().mutate<SecretAttributes>(
      THROTTLE_SECRET_TYPE,
      DOCUMENT_ID,
      // If several processes start at the same time, all of them use the secret that was stored
      // first.
      (stored) =>
        stored === undefined
          ? { secret: this.#randomness.bytes(SECRET_BYTES).toString('base64url') }
          : 'skip',
    );
    if (after === undefined) throw new Error('The secret of the login limits was not stored.');
    this.#secret = Buffer.from(after.attributes.secret, 'base64url');
  }

  /**
   * HMAC-SHA-256 over `parts`. No part may contain a NUL.
   * @throws Error before {@link load} has resolved
   */
  mac(...parts: readonly string[]): Buffer {
    if (this.#secret === undefined) throw new Error('The secret was used before it was loaded');
    return createHmac('sha256', this.#secret).update(parts.join('\0')).digest();
  }
}
