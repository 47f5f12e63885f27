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
import { type FormSettings, toConnectorSpecBody, toConnectorTypeBody } from './wire.ts';

/** Services that the handlers of the connector type routes call. */
export interface ConnectorTypeRouteServices {
  readonly types: TypeRegistry;
  readonly formSettings: FormSettings;
}

/** Registers the routes that list connector types and describe their forms. */
export function registerConnectorTypeRoutes(router: Router<ConnectorTypeRouteServices>): void {
  // The public API is in English, whatever `Accept-Language` says.
  router.handle(listConnectorTypes, ({ query }, { types }) =>
    respond.ok(listConnectorTypeBodies(types, { featureId: query.feature_id, language: 'en' })),
  );
  router.handle(listConnectorTypesInternally, ({ query, headers }, { types }) => {
    const language = chooseLanguage(headers['accept-language']);
    return respond.ok(listConnectorTypeBodies(types, { featureId: query.feature_id, language }));
  });
  const specs = new WeakMap<ConnectorType, Map<Language, TaggedSpec>>();
  router.handle(getConnectorSpec, ({ params: { id }, headers }, { types, formSettings }) => {
    if (!types.has(id)) {
      throw new HttpError(404, `Connector type [${id}] not found`, {
        attributes: { code: 'unknown_type' },
      });
    }
    const type = types.get(id);
    const language = chooseLanguage(headers['accept-language']);
    const known = specs.get(type) ?? new Map<Language, TaggedSpec>();
    specs.set(type, known);
    const { body, etag } = known.get(language) ?? taggedSpec(type, formSettings, language);
    known.set(language, { body, etag });
    const extras = { headers: { etag, 'cache-control': CACHE_CONTROL, vary: 'accept-language' } };
    return isKnown(headers['if-none-match'], etag)
      ? respond.json(304, undefined, extras)
      : respond.ok(body, extras);
  });
}

/**
 * Allows only the browser to cache the spec. The browser must ask the server before each use,
 * because an upgrade or a setting may change the spec, and the user may lose the privilege to read
 * it.
 */
const CACHE_CONTROL = 'private, no-cache';

/**
 * Serialized spec with its ETag. Kept for each language, because a spec does not change while the
 * server runs.
 */
interface TaggedSpec {
  readonly body: ReturnType<typeof toConnectorSpecBody>;
  readonly etag: string;
}

function taggedSpec(type: ConnectorType, settings: FormSettings, language: Language): TaggedSpec {
  const body = toConnectorSpecBody(type, settings, language);
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22);
  return { body, etag: `"${hash}"` };
}

/**
 * Returns `true` if the browser has the current spec. Compares ETags weakly, because proxies that
 * compress responses make ETags weak (RFC 9110 §13.1.2).
 */
function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag) || tags.includes('*');
}

/**
 * Lists connector types in the form of the REST API.
 * @param options.featureId lists only types of this feature. Absent or empty, as forms send it: all
 * types
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
