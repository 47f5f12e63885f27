import { HttpError, type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import type { TypeRegistry } from './type_registry.ts';
import {
  connectorSpecBody,
  connectorTypeBody,
  toConnectorSpecBody,
  toConnectorTypeBody,
} from './wire.ts';

/** Reading connector types needs the same privilege as reading connectors. */
const security = { requiredPrivileges: ['actions:get'] } as const;

const query = z.strictObject({ feature_id: z.string().max(64).optional() });

const params = z.strictObject({ id: z.string().min(1).max(64) });

/** @param featureId empty, as forms send it: types of every feature */
const listOf = (registry: TypeRegistry, featureId = '') =>
  registry
    .list({ featureId: featureId === '' ? undefined : featureId })
    .map((type) => toConnectorTypeBody(type, registry.isEnabled(type.id)));

/** Registers the routes that list connector types and describe their forms. */
export const registerConnectorTypeRoutes = (
  router: Router,
  deps: { readonly registry: TypeRegistry },
): void => {
  const { registry } = deps;
  router.add(
    {
      method: 'get',
      path: '/api/actions/connector_types',
      access: 'public',
      summary: 'Get connector types',
      tags: ['connectors'],
      security,
      validate: { query },
      responses: {
        200: { description: 'All connector types.', body: z.array(connectorTypeBody) },
      },
    },
    (request) => respond.ok(listOf(registry, request.query.feature_id)),
  );
  router.add(
    {
      method: 'get',
      path: '/internal/actions/connector_types',
      access: 'internal',
      summary: 'Get connector types, system types included',
      security,
      validate: { query },
    },
    (request) => respond.ok(listOf(registry, request.query.feature_id)),
  );
  router.add(
    {
      method: 'get',
      path: '/internal/actions/connector_types/{id}/spec',
      access: 'internal',
      summary: 'Get the form and actions of a connector type',
      security,
      validate: { params },
      responses: { 200: { description: 'The spec.', body: connectorSpecBody } },
    },
    (request) => {
      const { id } = request.params;
      if (!registry.has(id)) {
        throw new HttpError(404, `Connector type [${id}] not found`, {
          attributes: { code: 'unknown_type' },
        });
      }
      return respond.ok(toConnectorSpecBody(registry.get(id)));
    },
  );
};
