import type { Principal } from '@latchkey/core/server';
import type { AccessControl } from '../audit/index.ts';
import { connectorNotFound, type DecryptedConnector } from '../connector_data/index.ts';
import type { ConnectorHealth } from '../oauth/tokens/index.ts';
import type { ConnectorSummary, ConnectorView } from '../types.ts';
import type { ConnectorStore } from './connector_store.ts';
import { preconfiguredViewOf, summaryOf, viewOf } from './connector_view.ts';
import type { ConnectorWarnings } from './connector_warnings.ts';
import type { PreconfiguredConnectors } from './preconfigured.ts';

/** Stored and preconfigured connectors, and the services that know more about them. */
export interface VisibleConnectorsServices {
  readonly store: ConnectorStore;
  readonly preconfigured: PreconfiguredConnectors;
  readonly warnings: ConnectorWarnings;
  readonly problems: Pick<ConnectorHealth, 'currentOf'>;
  readonly access: AccessControl;
}

/**
 * Reads connectors for a user of a space, without secrets. Connectors of other spaces are treated
 * as missing. Every method checks the privilege to read connectors.
 */
export class VisibleConnectors {
  readonly #services: VisibleConnectorsServices;

  constructor(services: VisibleConnectorsServices) {
    this.#services = services;
  }

  /**
   * Returns a connector, with its warnings if the caller may edit it.
   * @throws ConnectorError `not_found`
   */
  async get(principal: Principal, id: string): Promise<ConnectorView> {
    const { access } = this.#services;
    await access.ensure(principal, 'get', id);
    const view = await this.#find(principal, id);
    if (view === undefined) {
      access.record(principal, {
        operation: 'get',
        outcome: 'failure',
        connectorId: id,
        errorCode: 'not_found',
      });
      throw connectorNotFound(id);
    }
    access.record(principal, { operation: 'get', outcome: 'success', connectorId: id });
    return view;
  }

  /**
   * Finds a connector with one store call, without its warnings and problems. `undefined`: it does
   * not exist.
   */
  async find(principal: Principal, id: string): Promise<ConnectorSummary | undefined> {
    const { access, store, preconfigured } = this.#services;
    await access.ensure(principal, 'get');
    access.record(principal, { operation: 'find', outcome: 'success' });
    const { spaceId } = principal;
    const found = preconfigured.get(id, spaceId) ?? (await store.read(id, spaceId));
    return found && summaryOf(found);
  }

  /** Returns stored and preconfigured connectors, sorted by name. */
  async getAll(principal: Principal): Promise<readonly ConnectorView[]> {
    return (await this.getAllWithVersions(principal)).map(({ view }) => view);
  }

  /**
   * Returns what {@link getAll} returns, and the connector versions with which grants are compared.
   */
  async getAllWithVersions(
    principal: Principal,
  ): Promise<readonly { readonly view: ConnectorView; readonly version: string }[]> {
    const { access, store, preconfigured } = this.#services;
    await access.ensure(principal, 'get');
    access.record(principal, { operation: 'find', outcome: 'success' });
    const stored = await store.list(principal.spaceId);
    const fixed = preconfigured.list().flatMap(({ id, exposeConfig }) => {
      const connector = preconfigured.get(id, principal.spaceId);
      const problems = preconfigured.problemsOf(id);
      return connector === undefined
        ? []
        : [
            {
              view: preconfiguredViewOf(connector, exposeConfig, problems),
              version: connector.version,
            },
          ];
    });
    // A preconfigured connector replaces a stored connector with the same id.
    const visible = stored.filter(({ id }) => !preconfigured.has(id));
    const problems = await this.#services.problems.currentOf(visible);
    const views = visible.map((connector) => ({
      view: viewOf(connector, { oauthProblem: problems.get(connector.id) }),
      version: connector.version,
    }));
    return [...views, ...fixed].sort((a, b) => byName(a.view, b.view));
  }

  /**
   * Returns the auth modes of all connectors, or of those of `ids` that exist in the space;
   * unsorted. With `ids`, the number of store calls does not depend on the number of ids.
   * @param isRepeated `true`: the server repeats the read by itself, so no audit event is written
   */
  async getAuthModes(
    principal: Principal,
    ids: readonly string[] | undefined,
    isRepeated = false,
  ): Promise<readonly Pick<DecryptedConnector, 'id' | 'authMode' | 'version'>[]> {
    const { access, store, preconfigured } = this.#services;
    await access.ensure(principal, 'get');
    if (!isRepeated) access.record(principal, { operation: 'find', outcome: 'success' });
    const { spaceId } = principal;
    const fixedIds = ids ?? preconfigured.list().map(({ id }) => id);
    const fixed = fixedIds.flatMap((id) => preconfigured.get(id, spaceId) ?? []);
    const stored = ids === undefined ? store.list(spaceId) : store.readMany(ids, spaceId);
    return [...(await stored).filter(({ id }) => !preconfigured.has(id)), ...fixed];
  }

  async #find(principal: Principal, id: string): Promise<ConnectorView | undefined> {
    const { access, store, preconfigured } = this.#services;
    const { spaceId } = principal;
    // Warnings contain host names, which come from the secrets or from a config that is not
    // exposed.
    const mayBeWarned = await access.allows(principal, 'update');
    const fixed = preconfigured.get(id, spaceId);
    if (fixed !== undefined) {
      const isExposed = preconfigured.exposesConfig(id);
      const warnings = isExposed && mayBeWarned ? this.#services.warnings.of(fixed) : [];
      return preconfiguredViewOf(fixed, isExposed, [...preconfigured.problemsOf(id), ...warnings]);
    }
    const connector = await store.read(id, spaceId);
    if (connector === undefined) return undefined;
    const problems = await this.#services.problems.currentOf([connector]);
    const warnings = mayBeWarned
      ? [
          ...(await this.#services.warnings.ofStored(connector, this.#services.store)),
          ...(await this.#services.warnings.ofAccounts(connector)),
        ]
      : [];
    return viewOf(connector, { oauthProblem: problems.get(id), warnings });
  }
}

/** Shared, because one collator sorts ten thousand names much faster than `localeCompare`. */
const collator = new Intl.Collator();

function byName(a: ConnectorView, b: ConnectorView): number {
  return collator.compare(a.name, b.name) || collator.compare(a.id, b.id);
}
