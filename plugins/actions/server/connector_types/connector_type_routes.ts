import { HttpError, type Router, respond } from '@latchkey/core/server';
import {
  getConnectorSpec,
  listConnectorTypes,
  listConnectorTypesInternally,
} from '../../common/index.ts';
import type { TypeRegistry } from './type_registry.ts';
import { toConnectorSpecBody, toConnectorTypeBody } from './wire.ts';

/** Services of the connector type routes. */
export interface ConnectorTypeRouteServices {
  readonly types: TypeRegistry;
}

/** Registers the routes that list connector types and describe their forms. */
export function registerConnectorTypeRoutes(router: Router<ConnectorTypeRouteServices>): void {
  for (const route of [listConnectorTypes, listConnectorTypesInternally]) {
    router.handle(route, ({ query }, { types }) => respond.ok(listOf(types, query.feature_id)));
  }
  router.handle(getConnectorSpec, ({ params: { id } }, { types }) => {
    if (!types.has(id)) {
      throw new HttpError(404, `Connector type [${id}] not found`, {
        attributes: { code: 'unknown_type' },
      });
    }
    return respond.ok(toConnectorSpecBody(types.get(id)));
  });
}

/** @param featureId empty, as forms send it: types of every feature */
function listOf(types: TypeRegistry, featureId = '') {
  return types
    .list({ featureId: featureId === '' ? undefined : featureId })
    .map((type) => toConnectorTypeBody(type, types.isEnabled(type.id)));
}
