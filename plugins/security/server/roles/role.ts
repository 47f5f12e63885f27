import type { Grant } from '../privileges/index.ts';

/** A named set of grants that people can hold. */
export interface Role {
  readonly name: string;
  readonly description: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly grants: readonly Grant[];
  /** Privileges in Elasticsearch, kept for Kibana's clients. No effect. */
  readonly elasticsearch: Readonly<Record<string, unknown>>;
  /** Built in: the same everywhere and not to be changed. */
  readonly reserved: boolean;
}

/** The role that may do everything everywhere, and the only one that manages people, roles and foreign keys. */
export const SUPERUSER = 'superuser';
