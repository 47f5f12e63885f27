import { plainText, type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import { REVOCATION_JOBS_PATH } from '../oauth/mass_revocation/index.ts';
import type { ConnectorView } from '../types.ts';
import type { ConnectorService } from './connector_service.ts';

/** Id of a new connector. */
const newConnectorId = z
  .string()
  .min(1)
  .max(36)
  // Ids beginning with an underscore are reserved: routes such as `_oauth_callback` use the place
  // of an id.
  .regex(/^[A-Za-z0-9-][A-Za-z0-9_-]*$/, 'expected letters, digits, - and _, not beginning with _');
const name = plainText(1000);
const values = z.record(z.string().max(256), z.unknown());

const connectorBody = z.object({
  id: z.string(),
  name: z.string(),
  config: values.optional(),
  connector_type_id: z.string(),
  is_preconfigured: z.boolean(),
  is_deprecated: z.boolean(),
  is_system_action: z.boolean(),
  is_connector_type_deprecated: z.boolean(),
  is_missing_secrets: z.boolean().optional(),
  auth_mode: z.enum(['shared', 'per-user']).optional(),
  /** Not in Kibana: an error that an administrator must correct, and its start. */
  oauth_problem: z.object({ code: z.string(), since: z.string() }).optional(),
  /**
   * Not in Kibana: warnings for an administrator about a connector that works, in sentences.
   * Absent: none, or the caller may not see them. Lists contain only warnings about preconfigured
   * connectors whose type does not exist.
   */
  warnings: z.array(z.string()).optional(),
});
type ConnectorBody = z.infer<typeof connectorBody>;

/** Id of an existing connector. Preconfigured ids are not restricted, and unknown ids get 404. */
const params = z.strictObject({ id: z.string().min(1).max(36) });
const tags = ['connectors'];

/** Returns the service. Call it only after the start of the plugin. */
type ServiceOf = () => ConnectorService;

/**
 * Registers create, read, update and delete. The service checks privileges in the space of the
 * request.
 */
export function registerConnectorRoutes(router: Router, serviceOf: ServiceOf): void {
  addCreateRoute(router, serviceOf);
  addReadRoutes(router, serviceOf);
  addUpdateRoute(router, serviceOf);
  router.add(
    {
      method: 'delete',
      path: '/api/actions/connector/{id}',
      access: 'public',
      summary: 'Delete a connector',
      description:
        'Ends and revokes all authorizations of the connector. With very many users this continues in the background, and `Location` names the revocation job.',
      tags,
      validate: { params },
      responses: { 204: { description: 'The connector was deleted.' } },
    },
    async (request) => {
      const revocationJobId = await serviceOf().delete(request, request.params.id);
      return respond.noContent(
        revocationJobId === undefined
          ? {}
          : { headers: { location: `${REVOCATION_JOBS_PATH}/${revocationJobId}` } },
      );
    },
  );
}

function addCreateRoute(router: Router, serviceOf: ServiceOf): void {
  router.add(
    {
      method: 'post',
      path: '/api/actions/connector/{id?}',
      access: 'public',
      summary: 'Create a connector',
      tags,
      validate: {
        params: z.strictObject({ id: newConnectorId.optional() }),
        body: z.strictObject({
          name,
          connector_type_id: z.string().min(1).max(64),
          config: values.default({}),
          secrets: values.default({}),
        }),
      },
      responses: { 200: { description: 'The connector.', body: connectorBody } },
    },
    async (request) => {
      const { connector_type_id: connectorTypeId, ...input } = request.body;
      const created = await serviceOf().create(request, {
        ...input,
        connectorTypeId,
        id: request.params.id,
      });
      return respond.ok(toConnectorBody(created));
    },
  );
}

function addReadRoutes(router: Router, serviceOf: ServiceOf): void {
  router.add(
    {
      method: 'get',
      path: '/api/actions/connector/{id}',
      access: 'public',
      summary: 'Get a connector',
      description:
        '`warnings` lists problems of a connector that works. Warnings name hosts of the secrets, so only callers with the privilege `actions:update` get them.',
      tags,
      validate: { params },
      responses: {
        200: { description: 'The connector, without its secrets.', body: connectorBody },
      },
    },
    async (request) =>
      respond.ok(toConnectorBody(await serviceOf().get(request, request.params.id))),
  );
  const listed = connectorBody.omit({ warnings: true }).extend({ referenced_by_count: z.number() });
  for (const [path, access] of [
    ['/api/actions/connectors', 'public'],
    ['/internal/actions/connectors', 'internal'],
  ] as const) {
    router.add(
      {
        method: 'get',
        path,
        access,
        summary: 'Get all connectors',
        tags,
        responses: { 200: { description: 'Connectors by name.', body: z.array(listed) } },
      },
      async (request) => {
        const connectors = await serviceOf().getAll(request);
        // No saved object refers to connectors yet.
        return respond.ok(
          connectors.map((connector) => ({
            ...toConnectorBody(connector),
            referenced_by_count: 0,
          })),
        );
      },
    );
  }
}

function addUpdateRoute(router: Router, serviceOf: ServiceOf): void {
  router.add(
    {
      method: 'put',
      path: '/api/actions/connector/{id}',
      access: 'public',
      summary: 'Update a connector',
      description:
        'Without `secrets`, or with empty ones, the stored secrets stay. A change of hosts or client ends all authorizations. `disconnected_users` is the number of users who must authorize again. With very many users this continues in the background as `revocation_job_id`.',
      tags,
      validate: {
        params,
        body: z.strictObject({ name, config: values.default({}), secrets: values.optional() }),
      },
      responses: {
        200: {
          description: 'The connector.',
          body: connectorBody.extend({
            disconnected_users: z.number().optional(),
            /** The job that still ends the authorizations. */
            revocation_job_id: z.string().optional(),
          }),
        },
      },
    },
    async (request) => {
      const { secrets, ...input } = request.body;
      const given =
        secrets === undefined || Object.keys(secrets).length === 0 ? undefined : secrets;
      const { connector, disconnected, revocationJobId } = await serviceOf().update(
        request,
        request.params.id,
        {
          ...input,
          secrets: given,
        },
      );
      return respond.ok({
        ...toConnectorBody(connector),
        ...(disconnected === 0 ? {} : { disconnected_users: disconnected }),
        ...(revocationJobId === undefined ? {} : { revocation_job_id: revocationJobId }),
      });
    },
  );
}

function toConnectorBody(view: ConnectorView): ConnectorBody {
  return {
    id: view.id,
    name: view.name,
    ...(view.config === undefined ? {} : { config: { ...view.config } }),
    connector_type_id: view.connectorTypeId,
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
    ...(view.warnings === undefined ? {} : { warnings: [...view.warnings] }),
  };
}
