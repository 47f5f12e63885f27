import { createHash } from 'node:crypto';
import { HttpError, type Router, respond } from '@latchkey/core/server';
import {
  getConnectorSpec,
  listConnectorTypes,
  listConnectorTypesInternally,
} from '../../common/index.ts';
import type { ConnectorType } from './connector_type.ts';
import type { TypeRegistry } from './type_registry.ts';
import { type FormFacts, toConnectorSpecBody, toConnectorTypeBody } from './wire.ts';

/** Objects that the handlers of the connector type routes call. */
export interface ConnectorTypeRouteServices {
  readonly types: TypeRegistry;
  readonly formFacts: FormFacts;
}

/** Registers the routes that list connector types and describe their forms. */
export function registerConnectorTypeRoutes(router: Router<ConnectorTypeRouteServices>): void {
  for (const route of [listConnectorTypes, listConnectorTypesInternally]) {
    router.handle(route, ({ query }, { types }) =>
      respond.ok(listConnectorTypeBodies(types, query.feature_id)),
    );
  }
  const specs = new WeakMap<ConnectorType, TaggedSpec>();
  router.handle(getConnectorSpec, ({ params: { id }, headers }, { types, formFacts }) => {
    if (!types.has(id)) {
      throw new HttpError(404, `Connector type [${id}] not found`, {
        attributes: { code: 'unknown_type' },
      });
    }
    const type = types.get(id);
    const known = specs.get(type);
    const { body, etag } = known ?? taggedSpec(type, formFacts);
    if (known === undefined) specs.set(type, { body, etag });
    const extras = { headers: { etag, 'cache-control': CACHE_CONTROL } };
    return isKnown(headers['if-none-match'], etag)
      ? respond.json(304, undefined, extras)
      : respond.ok(body, extras);
  });
}

/**
 * Only the browser keeps it, and asks every time: the spec may change with an upgrade or a setting,
 * and the user may lose the privilege.
 */
const CACHE_CONTROL = 'private, no-cache';

/** A spec does not change while the server runs, so it is serialized once. */
interface TaggedSpec {
  readonly body: ReturnType<typeof toConnectorSpecBody>;
  readonly etag: string;
}

function taggedSpec(type: ConnectorType, facts: FormFacts): TaggedSpec {
  const body = toConnectorSpecBody(type, facts);
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22);
  return { body, etag: `"${hash}"` };
}

/** Weak comparison, because proxies that compress weaken tags (RFC 9110 §13.1.2). */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

/**
 * Connector types in REST form.
 * @param featureId empty, as forms send it: types of every feature
 */
export function listConnectorTypeBodies(types: TypeRegistry, featureId = '') {
  return types
    .list({ featureId: featureId === '' ? undefined : featureId })
    .map((type) => toConnectorTypeBody(type, types.isEnabled(type.id)));
}
