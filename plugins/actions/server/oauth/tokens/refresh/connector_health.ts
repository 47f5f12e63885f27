import type { Clock } from '@latchkey/core/server';
import {
  SavedObjectError,
  type SavedObjectsRepository,
  type SavedObjectsType,
} from '@latchkey/saved-objects';
import { z } from 'zod';
import type { DecryptedConnector } from '../../../connector_data/index.ts';
import { CircuitBreaker } from '../../limits/index.ts';
import {
  type ConfigurationErrorCode,
  ConnectorConfigurationError,
} from '../../strategies/index.ts';

/**
 * Saved-object type of configuration problems that an administrator must correct. The id of a
 * document is the id of the connector.
 */
const CONNECTOR_PROBLEM_TYPE = 'connector_oauth_problem';

const problemAttributes = z.strictObject({
  connectorId: z.string().min(1).max(36),
  /** Version of the connector that was refused. After an edit, the problem no longer applies. */
  connectorVersion: z.string().max(128),
  code: z.string().max(64),
  since: z.iso.datetime(),
});
type ProblemAttributes = z.infer<typeof problemAttributes>;

/** Saved-object type of problems: one document per misconfigured connector. */
export const connectorProblemType: SavedObjectsType = {
  name: CONNECTOR_PROBLEM_TYPE,
  namespaceType: 'agnostic',
  hidden: true,
  visibleToSearch: false,
  mappings: { properties: { connectorId: { type: 'keyword' } } },
  modelVersions: {
    1: {
      changes: [],
      schemas: { create: problemAttributes, forwardCompatibility: problemAttributes },
    },
  },
};

/** A configuration problem, as administrators see it. */
export interface ConnectorProblem {
  readonly code: string;
  readonly since: Date;
}

/**
 * Time for which a connector sends no token request after the provider has refused its client or
 * request, in milliseconds.
 */
const CIRCUIT_OPEN_MS = 30_000;
const MANY_CONNECTORS = 200;

/**
 * Keeps the configuration problems of connectors: the provider refuses the client or its requests.
 * After such a refusal, the connector sends no request to the provider for 30 seconds, and users
 * are not asked to authorize again. Administrators see the problem until a request succeeds or the
 * connector is edited.
 */
export class ConnectorHealth {
  readonly #repository: SavedObjectsRepository;
  readonly #clock: Clock;
  readonly #circuits: CircuitBreaker<ConfigurationErrorCode>;

  constructor(repository: SavedObjectsRepository, clock: Clock) {
    this.#repository = repository;
    this.#clock = clock;
    this.#circuits = new CircuitBreaker({
      openMs: CIRCUIT_OPEN_MS,
      monotonic: () => clock.monotonic(),
    });
  }

  /**
   * Returns the error to throw while the circuit is open. `undefined`: this version of the
   * connector may send a request.
   */
  circuitError(connector: DecryptedConnector): ConnectorConfigurationError | undefined {
    const code = this.#circuits.openedBy(circuitKey(connector));
    return code && configurationError(connector, code);
  }

  /** Opens the circuit, stores the problem for administrators, and returns the error to throw. */
  async report(
    connector: DecryptedConnector,
    code: ConfigurationErrorCode,
  ): Promise<ConnectorConfigurationError> {
    this.#circuits.recordFailure(circuitKey(connector), code);
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
        { id: connector.id, overwrite: true },
      );
    } catch (error) {
      // The circuit works without the store, and an unavailable store is reported elsewhere.
      if (!(error instanceof SavedObjectError)) throw error;
    }
    return configurationError(connector, code);
  }

  /**
   * Closes the circuit and deletes the stored problem, after a success. Ignores errors of the
   * store, because the next success deletes the problem.
   */
  async clear(connector: DecryptedConnector): Promise<void> {
    this.#circuits.recordSuccess(circuitKey(connector));
    try {
      const known = await this.#repository.getIfExists(CONNECTOR_PROBLEM_TYPE, connector.id);
      if (known !== undefined) await this.#repository.delete(CONNECTOR_PROBLEM_TYPE, connector.id);
    } catch (error) {
      if (!(error instanceof SavedObjectError)) throw error;
    }
  }

  /**
   * Returns the stored problem of a connector. `undefined`: there is none, or it concerns another
   * version of the connector.
   */
  async current(
    connector: Pick<DecryptedConnector, 'id' | 'version'>,
  ): Promise<ConnectorProblem | undefined> {
    return (await this.currentOf([connector])).get(connector.id);
  }

  /**
   * Returns the stored problems of several connectors, by connector id. For a long list, all stored
   * problems are read, because few connectors have one.
   */
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
      // A document that this version cannot read must not make the whole list fail.
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
  /** Sentence without URLs, because all users of the connector can read it. */
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
