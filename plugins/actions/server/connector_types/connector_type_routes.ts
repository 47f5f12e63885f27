import { createHash } from 'node:crypto';
import type { Language } from '@latchkey/core/common';
import { chooseLanguage, HttpError, type Router, respond } from '@latchkey/core/server';
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
  // Texts of the public API are in English, whatever the client asks for.
  router.handle(listConnectorTypes, ({ query }, { types }) =>
    respond.ok(listConnectorTypeBodies(types, { featureId: query.feature_id, language: 'en' })),
  );
  router.handle(listConnectorTypesInternally, ({ query, headers }, { types }) => {
    const language = chooseLanguage(headers['accept-language']);
    return respond.ok(listConnectorTypeBodies(types, { featureId: query.feature_id, language }));
  });
  const specs = new WeakMap<ConnectorType, Map<Language, TaggedSpec>>();
  router.handle(getConnectorSpec, ({ params: { id }, headers }, { types, formFacts }) => {
    if (!types.has(id)) {
      throw new HttpError(404, `Connector type [${id}] not found`, {
        attributes: { code: 'unknown_type' },
      });
    }
    const type = types.get(id);
    const language = chooseLanguage(headers['accept-language']);
    const known = specs.get(type) ?? new Map<Language, TaggedSpec>();
    specs.set(type, known);
    const { body, etag } = known.get(language) ?? taggedSpec(type, formFacts, language);
    known.set(language, { body, etag });
    const extras = { headers: { etag, 'cache-control': CACHE_CONTROL, vary: 'accept-language' } };
    return isKnown(headers['if-none-match'], etag)
      ? respond.json(304, undefined, extras)
      : respond.ok(body, extras);
  });
}

/**
 * Only the browser caches the response, and asks the server every time if it has changed: the spec
 * may change with an upgrade or a setting, and the user may lose the privilege.
 */
const CACHE_CONTROL = 'private, no-cache';

/** A spec does not change while the server runs, so it is serialized once for each language. */
interface TaggedSpec {
  readonly body: ReturnType<typeof toConnectorSpecBody>;
  readonly etag: string;
}

function taggedSpec(type: ConnectorType, facts: FormFacts, language: Language): TaggedSpec {
  const body = toConnectorSpecBody(type, facts, language);
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
 * @param options.featureId absent or empty, as forms send it: types of every feature
 */
export function listConnectorTypeBodies(
  types: TypeRegistry,
  {
    featureId = '',
    language,
  }: { readonly featureId?: string | undefined; readonly language: Language },
) {
  return types
    .list({ featureId: featureId === '' ? undefined : featureId })
    .map((type) => toConnectorTypeBody(type, { isEnabled: types.isEnabled(type.id), language }));
}
