import type { Grant } from '../privileges/index.ts';

/** A named set of grants that users can have. */
export interface Role {
  readonly name: string;
  /** `undefined`: none. */
  readonly description: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly grants: readonly Grant[];
  /** Privileges in Elasticsearch. They are kept for Kibana's clients and have no effect. */
  readonly elasticsearch: Readonly<Record<string, unknown>>;
  /** `true`: the role is built in. It is the same in every installation and cannot be changed. */
  readonly reserved: boolean;
  /** Version of the stored role. Absent: the role is built in, or not stored yet. */
  readonly version?: string;
}

/**
 * Name of the role with all privileges in every space. Only this role manages users, roles and the
 * keys of other users.
 */
export const SUPERUSER = 'superuser';
