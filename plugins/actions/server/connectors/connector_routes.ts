import { type Router, respond } from '@latchkey/core/server';
import {
  createConnector,
  deleteConnector,
  getConnector,
  listConnectors,
  listConnectorsInternally,
  REVOCATION_JOBS_PATH,
  updateConnector,
} from '../../common/index.ts';
import type { ConnectorView } from '../types.ts';
import type { ConnectorService } from './connector_service.ts';
import { givenSecrets } from './update_rules.ts';
import type { VisibleConnectors } from './visible_connectors.ts';

/** Services that the handlers of the connector routes call. */
export interface ConnectorRouteServices {
  readonly connectors: ConnectorService;
  readonly visibleConnectors: VisibleConnectors;
}

/**
 * Registers the routes that create, read, update and delete connectors. The services check the
 * privileges in the space of the request.
 */
export function registerConnectorRoutes(router: Router<ConnectorRouteServices>): void {
  router.handle(createConnector, async (request, { connectors }) => {
    const { connector_type_id: connectorTypeId, ...input } = request.body;
    const { id } = request.params;
    const created = await connectors.create(request, { ...input, connectorTypeId, id });
    return respond.ok(toConnectorBody(created));
  });
  router.handle(getConnector, async (request, { visibleConnectors }) =>
    respond.ok(toConnectorBody(await visibleConnectors.get(request, request.params.id))),
  );
  for (const route of [listConnectors, listConnectorsInternally]) {
    router.handle(route, async (request, { visibleConnectors }) => {
      const listed = await visibleConnectors.getAll(request);
      return respond.ok(listed.map(toListedConnectorBody));
    });
  }
  router.handle(updateConnector, async (request, { connectors }) => {
    const { secrets, keep_secrets: keepSecrets, ...input } = request.body;
    const { connector, disconnected, revocationJobId } = await connectors.update(
      request,
      request.params.id,
      { ...input, secrets: givenSecrets(secrets), keepSecrets },
    );
    return respond.ok({
      ...toConnectorBody(connector),
      ...(disconnected === 0 ? {} : { disconnected_users: disconnected }),
      ...(revocationJobId === undefined ? {} : { revocation_job_id: revocationJobId }),
    });
  });
  router.handle(deleteConnector, async (request, { connectors }) => {
    const revocationJobId = await connectors.delete(request, request.params.id, request.query);
    return respond.noContent(
      revocationJobId === undefined
        ? {}
        : { headers: { location: `${REVOCATION_JOBS_PATH}/${revocationJobId}` } },
    );
  });
}

function datesOf({ createdAt, updatedAt }: ConnectorView) {
  return {
    ...(createdAt === undefined ? {} : { created_at: createdAt.toISOString() }),
    ...(updatedAt === undefined ? {} : { updated_at: updatedAt.toISOString() }),
  };
}

/** Maps a connector to an element of a list, in Kibana's format. */
export function toListedConnectorBody(view: ConnectorView) {
  // No saved object of this server refers to connectors, so the count is always 0.
  return { ...toConnectorBody(view), referenced_by_count: 0, ...datesOf(view) };
}

/** Maps a connector to Kibana's format. */
function toConnectorBody(view: ConnectorView) {
  return {
    id: view.id,
    name: view.name,
    ...(view.config === undefined ? {} : { config: view.config }),
    connector_type_id: view.connectorTypeId,
    ...(view.enabledActions === undefined ? {} : { enabled_actions: [...view.enabledActions] }),
    is_preconfigured: view.isPreconfigured,
    is_deprecated: view.isDeprecated,
    is_system_action: view.isSystemAction,
    is_connector_type_deprecated: view.isConnectorTypeDeprecated,
    ...(view.isMissingSecrets === undefined ? {} : { is_missing_secrets: view.isMissingSecrets }),
    auth_mode: view.authMode,
    ...(view.oauthProblem === undefined
      ? {}
      : {
          oauth_problem: {
            code: view.oauthProblem.code,
            since: view.oauthProblem.since.toISOString(),
          },
        }),
    ...(view.warnings === undefined ? {} : { warnings: view.warnings }),
  };
}
