import type { Clock } from '@latchkey/core/server';
import {
  SavedObjectError,
  type SavedObjectsRepository,
  type SavedObjectsType,
} from '@latchkey/saved-objects';
import { z } from 'zod';
import type { DecryptedConnector } from '../../../types.ts';
import {
  type ConfigurationErrorCode,
  ConnectorConfigurationError,
} from '../../strategies/index.ts';

/** Saved-object type of what an administrator must put right on a connector; id is the connector's. */
export const CONNECTOR_PROBLEM_TYPE = 'connector_oauth_problem';

const problemAttributes = z.strictObject({
  connectorId: z.string().min(1).max(36),
  /** Version of the connector that was refused; an edit makes the problem moot. */
  connectorVersion: z.string().max(128),
  code: z.string().max(64),
  since: z.iso.datetime(),
});
type ProblemAttributes = z.infer<typeof problemAttributes>;

/** One document per misconfigured connector. */
export const connectorProblemType: SavedObjectsType = {
  name: CONNECTOR_PROBLEM_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  mappings: { properties: { connectorId: { type: 'keyword' } } },
  modelVersions: {
    1: {
      changes: [],
      schemas: { create: problemAttributes, forwardCompatibility: problemAttributes },
    },
  },
};

/** A problem as administrators see it. */
export interface ConnectorProblem {
  readonly code: string;
  readonly since: Date;
}

const CIRCUIT_MS = 30_000;
const MAX_CIRCUITS = 10_000;
const MANY_CONNECTORS = 200;

/**
 * One state per connector for "the provider refuses our client": people are not asked to re-authorize, the provider is not asked again for
 * half a minute, and the administrator sees it until a call succeeds or the connector is edited.
 */
export class ConnectorHealth {
  readonly #repository: SavedObjectsRepository;
  readonly #clock: Clock;
  readonly #open = new Map<
    string,
    { readonly code: ConfigurationErrorCode; readonly untilMs: number }
  >();

  constructor(repository: SavedObjectsRepository, clock: Clock) {
    this.#repository = repository;
    this.#clock = clock;
  }

  /** Why the provider is not asked now; `undefined`: it may be asked for this version of the connector. */
  open(connector: DecryptedConnector): ConnectorConfigurationError | undefined {
    const circuit = this.#open.get(circuitKey(connector));
    if (circuit === undefined) return undefined;
    if (circuit.untilMs > this.#clock.monotonic())
      return configurationError(connector, circuit.code);
    this.#open.delete(circuitKey(connector));
    return undefined;
  }

  /** Opens the circuit and tells the administrator. The error to throw comes back. */
  async report(
    connector: DecryptedConnector,
    code: ConfigurationErrorCode,
  ): Promise<ConnectorConfigurationError> {
    if (this.#open.size >= MAX_CIRCUITS) this.#open.clear();
    this.#open.set(circuitKey(connector), { code, untilMs: this.#clock.monotonic() + CIRCUIT_MS });
    try {
      if ((await this.current(connector)) !== undefined) return configurationError(connector, code);
      await this.#repository.create<ProblemAttributes>(
        CONNECTOR_PROBLEM_TYPE,
        {
          connectorId: connector.id,
          connectorVersion: connector.version,
          code,
          since: new Date(this.#clock.now()).toISOString(),
        },
        { id: connector.id, overwrite: true, visibleToSearch: false },
      );
    } catch (error) {
      // A store that is away is reported by everything else; the circuit holds without it.
      if (!(error instanceof SavedObjectError)) throw error;
    }
    return configurationError(connector, code);
  }

  /** After a success. Never throws: a stale note is corrected by the next success. */
  async clear(connector: DecryptedConnector): Promise<void> {
    this.#open.delete(circuitKey(connector));
    try {
      const known = await this.#repository.getIfExists(CONNECTOR_PROBLEM_TYPE, connector.id);
      if (known !== undefined)
        await this.#repository.delete(CONNECTOR_PROBLEM_TYPE, connector.id, {
          visibleToSearch: false,
        });
    } catch (error) {
      if (!(error instanceof SavedObjectError)) throw error;
    }
  }

  /** `undefined`: none, or it was about an earlier version of the connector. */
  async current(
    connector: Pick<DecryptedConnector, 'id' | 'version'>,
  ): Promise<ConnectorProblem | undefined> {
    return (await this.currentOf([connector])).get(connector.id);
  }

  /** The same for many connectors, by id. Few of them ever have a problem, so for a long list all problems are read instead of one by connector. */
  async currentOf(
    connectors: readonly Pick<DecryptedConnector, 'id' | 'version'>[],
  ): Promise<ReadonlyMap<string, ConnectorProblem>> {
    const stored =
      connectors.length > MANY_CONNECTORS ? await this.#all() : await this.#of(connectors);
    const found = new Map<string, ConnectorProblem>();
    for (const { id, version } of connectors) {
      const problem = stored.get(id);
      if (problem?.connectorVersion !== version) continue;
      found.set(id, { code: problem.code, since: new Date(problem.since) });
    }
    return found;
  }

  async #of(
    connectors: readonly Pick<DecryptedConnector, 'id'>[],
  ): Promise<ReadonlyMap<string, ProblemAttributes>> {
    const rows = await this.#repository.bulkGet<ProblemAttributes>(
      connectors.map(({ id }) => ({ type: CONNECTOR_PROBLEM_TYPE, id })),
      // A hint that this build cannot read must not keep anybody from the list.
      { onUnreadable: () => undefined },
    );
    return new Map(rows.flatMap((row) => (row === undefined ? [] : [[row.id, row.attributes]])));
  }

  async #all(): Promise<ReadonlyMap<string, ProblemAttributes>> {
    const found = new Map<string, ProblemAttributes>();
    const batches = this.#repository.iterate<ProblemAttributes>({ type: CONNECTOR_PROBLEM_TYPE });
    for await (const batch of batches) for (const row of batch) found.set(row.id, row.attributes);
    return found;
  }
}

function circuitKey(connector: DecryptedConnector): string {
  return `${connector.id}:${connector.version}`;
}

interface Explanation {
  /** Names no address: everybody who runs the connector reads it. */
  readonly what: string;
  readonly check: string;
}

const REFUSED_REQUEST: Explanation = {
  what: 'The authorization server refuses what this connector asks for',
  check: "the connector's OAuth settings",
};
const EXPLANATIONS: Partial<Record<ConfigurationErrorCode, Explanation>> = {
  client_rejected: {
    what: "The authorization server refuses this connector's client",
    check: "the connector's client id, client secret and how they are sent",
  },
  endpoint_not_allowed: {
    what: "This server may not call the connector's token URL",
    check: "the connector's token URL and [xpack.actions.allowedHosts]",
  },
};

function configurationError(
  connector: DecryptedConnector,
  code: ConfigurationErrorCode,
): ConnectorConfigurationError {
  const { what, check } = EXPLANATIONS[code] ?? REFUSED_REQUEST;
  return new ConnectorConfigurationError(
    code,
    connector.id,
    `${what} (${code}). An administrator must check ${check}; nobody needs to authorize again.`,
  );
}
