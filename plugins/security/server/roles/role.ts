import type { Grant } from '../privileges/index.ts';

/** A named set of grants that users can have. */
export interface Role {
  readonly name: string;
  /** `undefined`: none. */
  readonly description: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly grants: readonly Grant[];
  /** Privileges in Elasticsearch, kept for Kibana's clients. No effect. */
  readonly elasticsearch: Readonly<Record<string, unknown>>;
  /** Built in: the same in every installation, and cannot be changed. */
  readonly reserved: boolean;
  /** Version of the stored role. Absent: it is built in, or not stored yet. */
  readonly version?: string;
}

/**
 * The role with all privileges in every space. Only this role manages users, roles and the keys of
 * other users.
 */
export const SUPERUSER = 'superuser';
