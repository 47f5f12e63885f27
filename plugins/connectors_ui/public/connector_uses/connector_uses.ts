/** Something that uses a connector and stops working for the current user without it. */
interface ConnectorUse {
  readonly id: string;
  /** Name, as the user has chosen it. */
  readonly name: string;
  /** `true`: it also runs on a schedule, as the current user. */
  readonly isScheduled: boolean;
}

/** The uses of a connector. */
export interface ConnectorUses {
  /** Number of all, also of those that are not listed. */
  readonly total: number;
  /** The first ones, by name. */
  readonly uses: readonly ConnectorUse[];
}

/** Reads the uses of a connector that one plugin knows. */
export type LoadConnectorUses = (
  connectorId: string,
  signal: AbortSignal,
) => Promise<ConnectorUses>;

/** Finds what uses a connector, in all plugins. */
export class ConnectorUsesRegistry {
  readonly #loads: LoadConnectorUses[] = [];

  register(load: LoadConnectorUses): void {
    this.#loads.push(load);
  }

  /** Reads which objects use the connectors. `undefined`: no plugin knows. */
  async load(connectorId: string, signal: AbortSignal): Promise<ConnectorUses | undefined> {
    if (this.#loads.length === 0) return undefined;
    const all = await Promise.all(this.#loads.map((load) => load(connectorId, signal)));
    return joinUses(all);
  }
}

/**
 * Joins several lists of uses into one. An object that occurs in several of them is listed once. It
 * is counted once only if it is listed, because a list names only its first uses.
 */
export function joinUses(all: readonly ConnectorUses[]): ConnectorUses {
  const listed = all.flatMap(({ uses }) => uses);
  const uses = [...new Map(listed.map((use) => [use.id, use])).values()];
  const total = all.reduce((sum, each) => sum + each.total, 0);
  return { total: total - (listed.length - uses.length), uses };
}
