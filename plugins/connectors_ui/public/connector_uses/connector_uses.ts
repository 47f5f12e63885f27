/**
 * An object, such as a workflow, that uses a connector and stops working for the current user
 * without it.
 */
interface ConnectorUse {
  readonly id: string;
  /** Name that a user has given to the object. */
  readonly name: string;
  /** `true`: the object also runs on a schedule as the current user. */
  readonly isScheduled: boolean;
}

/** The uses of a connector. */
export interface ConnectorUses {
  /** Number of all uses, including those that are not listed. */
  readonly total: number;
  /** The first uses, sorted by name. */
  readonly uses: readonly ConnectorUse[];
}

/** The uses of connectors could not be read. */
export interface UsesFailure {
  /** `true`: they are being read again. */
  readonly isReading: boolean;
  readonly onRetry: () => void;
}

/** The uses of connectors as far as they are known. */
export interface UsesState {
  /**
   * `undefined`: not known, because they are being read, could not be read, or no plugin has
   * registered a function.
   */
  readonly known: ConnectorUses | undefined;
  /** `undefined`: reading has not failed. */
  readonly failure: UsesFailure | undefined;
}

/** Reads the uses of a connector by objects of one plugin. */
export type LoadConnectorUses = (
  connectorId: string,
  signal: AbortSignal,
) => Promise<ConnectorUses>;

/** Functions with which plugins tell what uses a connector. */
export class ConnectorUsesRegistry {
  readonly #loads: LoadConnectorUses[] = [];

  register(load: LoadConnectorUses): void {
    this.#loads.push(load);
  }

  /**
   * Reads what uses the connector in all plugins. `undefined`: no plugin has registered a function.
   */
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
