import type { Language, ResponseInput } from '@latchkey/core/common';
import { HttpError, type Logger, type MappedError, type Principal } from '@latchkey/core/server';
import { SavedObjectError } from '@latchkey/saved-objects';
import type { SecurityStart } from '@latchkey/security-plugin/server';
import { type FailedPart, type getOverview, MANAGE_GRANTS } from '../../common/index.ts';
import { ACTIONS_PRIVILEGES } from '../audit/index.ts';
import { mapConnectorError } from '../connector_data/index.ts';
import { listConnectorTypeBodies, type TypeRegistry } from '../connector_types/index.ts';
import { toListedConnectorBody, type VisibleConnectors } from '../connectors/index.ts';
import { type AttemptOutcomes, mapFlowError, readStatuses } from '../oauth/flow/index.ts';
import {
  ATTENTION_REASONS,
  attentionOf,
  type Connections,
  type ConnectionView,
} from '../oauth/tokens/index.ts';

/** The overview in the format of the REST API. */
type Overview = ResponseInput<typeof getOverview, 200>;

/** Dependencies of {@link OverviewReader}. */
export interface OverviewReaderDeps {
  readonly connectors: Pick<VisibleConnectors, 'getAllWithVersions'>;
  readonly types: TypeRegistry;
  readonly connections: Pick<Connections, 'ofUser'>;
  readonly attempts: Pick<AttemptOutcomes, 'openOf'>;
  readonly security: Pick<SecurityStart, 'missingPrivileges'>;
  readonly logger: Logger;
}

/**
 * Reads everything that the pages about connectors show first. Each part may fail separately: a
 * failed status does not hide the connectors. Reading the status needs the connectors.
 */
export class OverviewReader {
  readonly #deps: OverviewReaderDeps;

  constructor(deps: OverviewReaderDeps) {
    this.#deps = deps;
  }

  /**
   * Reads the overview. Never throws: a part that cannot be read is an error in the result.
   * @param language language of the texts
   */
  async read(principal: Principal, language: Language): Promise<Overview> {
    const { connectors, security, types } = this.#deps;
    const listing = connectors.getAllWithVersions(principal);
    const reading = listing.then((found) =>
      readStatuses(
        principal,
        found.map(({ view, version }) => ({ ...view, version })),
        { ...this.#deps, language },
      ),
    );
    const privileges = [...ACTIONS_PRIVILEGES.all, MANAGE_GRANTS];
    const missing = security.missingPrivileges(principal, privileges);
    const [listed, status, attention, capabilities] = await Promise.all([
      this.#part(listing.then((found) => found.map(({ view }) => toListedConnectorBody(view)))),
      this.#part(reading.then(({ bodies }) => bodies)),
      this.#part(reading.then(({ views }) => attentionIn(views))),
      this.#part(missing.then((lacking) => privileges.filter((name) => !lacking.includes(name)))),
    ]);
    // The types need the same privilege as the connectors, so they are refused with the same error.
    const refusal = 'error' in listed && listed.error.code === 'forbidden' ? listed : undefined;
    return {
      connectors: listed,
      types: refusal ?? listConnectorTypeBodies(types, { language }),
      status,
      capabilities,
      attention,
    };
  }

  async #part<T>(reading: Promise<T>): Promise<T | FailedPart> {
    try {
      return await reading;
    } catch (error) {
      const known = knownErrorOf(error);
      if (known === undefined)
        this.#deps.logger.error(
          'Could not read a part of the overview; the page shows the other parts',
          { error },
        );
      return {
        error: known ?? {
          code: 'unexpected',
          message: 'This part of the overview could not be read.',
        },
      };
    }
  }
}

/**
 * Returns the connections that need an action of their user: the most urgent first, then in the
 * order of the connectors.
 */
function attentionIn(views: ReadonlyMap<string, ConnectionView>) {
  const found = [...views.values()].flatMap((view) => {
    const reason = attentionOf(view);
    return reason === undefined ? [] : [{ connector_id: view.connectorId, reason }];
  });
  return ATTENTION_REASONS.flatMap((reason) => found.filter((one) => one.reason === reason));
}

/**
 * Returns the error that a caller may see. `undefined`: a fault of this server, which is only
 * logged.
 */
function knownErrorOf(error: unknown): FailedPart['error'] | undefined {
  const mapped: MappedError | undefined = mapConnectorError(error) ?? mapFlowError(error);
  const code = mapped?.attributes?.['code'];
  if (mapped !== undefined && typeof code === 'string') return { code, message: mapped.message };
  if (error instanceof HttpError && error.statusCode < 500) {
    const named = error.attributes?.['code'];
    return {
      code: typeof named === 'string' ? named : 'forbidden',
      message: error.message,
    };
  }
  if (error instanceof SavedObjectError && error.code === 'store_unavailable') {
    return { code: error.code, message: 'The data store does not respond. Try again shortly.' };
  }
  return undefined;
}
