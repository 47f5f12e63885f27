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
    return {
      total: all.reduce((sum, { total }) => sum + total, 0),
      uses: all.flatMap(({ uses }) => uses),
    };
  }
}
