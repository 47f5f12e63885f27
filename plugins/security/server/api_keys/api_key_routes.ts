import type { RouteBody } from '@latchkey/core/common';
import { type AuthenticatedUser, HttpError, type Router, respond } from '@latchkey/core/server';
import { createApiKey, invalidateApiKeys, updateApiKey } from '../../common/index.ts';
import type { AuditLog } from '../audit/index.ts';
import type { Authorizer } from '../roles/index.ts';
import { registerApiKeySearchRoutes } from './api_key_search_routes.ts';
import type { ApiKeyService } from './api_key_service.ts';
import { keysWithinReach, signedIn } from './keys_within_reach.ts';
import { API_KEY_TYPE } from './store/api_key_type.ts';

/** Services that the handlers of these routes call. */
export interface ApiKeyRouteServices {
  readonly apiKeys: ApiKeyService;
  readonly authorizer: Pick<Authorizer, 'missingPrivileges'>;
  readonly audit: AuditLog;
}

/** Registers Kibana's API key routes. */
export function registerApiKeyRoutes(router: Router<ApiKeyRouteServices>): void {
  registerApiKeySearchRoutes(router);
  router.handle(createApiKey, async (request, { apiKeys, audit }) => {
    const created = await audit.around(
      request,
      { action: 'api_key_create', message: 'api_key_create of an own key' },
      () =>
        apiKeys.create(signedIn(request.user), {
          name: request.body.name,
          ...chosen(request.body),
        }),
    );
    return respond.ok({
      id: created.id,
      name: created.name,
      api_key: created.secret,
      encoded: created.encoded,
      ...(created.expiresAt === undefined ? {} : { expiration: created.expiresAt.getTime() }),
    });
  });
  router.handle(updateApiKey, async (request, { apiKeys, audit }) => {
    const { id } = request.body;
    const updated = await audit.around(
      request,
      {
        action: 'api_key_update',
        message: `api_key_update of key [${id}]`,
        savedObject: { type: API_KEY_TYPE, id },
      },
      async () => {
        const found = await apiKeys.update(signedIn(request.user), id, chosen(request.body));
        if (!found) throw new HttpError(404, `API key [${id}] does not exist.`);
        return found;
      },
    );
    return respond.ok({ updated });
  });
  router.handle(invalidateApiKeys, async (request, { apiKeys, authorizer, audit }) => {
    const user = signedIn(request.user);
    const { isAdmin } = request.body;
    const { canManageApiKeys, profileUid } = await keysWithinReach(authorizer, request, isAdmin);
    if (isAdmin && !canManageApiKeys) {
      throw new HttpError(403, 'Invalidating the keys of other users requires [security:manage].');
    }
    const ids = request.body.apiKeys.map(({ id }) => id);
    const result = await apiKeys.invalidate(ids, profileUid, ownKeyIdOf(user));
    for (const { id } of result.invalidated) {
      audit.log(request, {
        action: 'api_key_invalidate',
        outcome: 'success',
        message: `api_key_invalidate of key [${id}]`,
        savedObject: { type: API_KEY_TYPE, id },
      });
    }
    return respond.ok({
      itemsInvalidated: result.invalidated,
      errors: result.notFound.map((id) => ({
        id,
        error: { message: `API key [${id}] does not exist.` },
      })),
    });
  });
}

/**
 * Id of the caller's API key. A caller with an API key may invalidate only this key. `undefined`:
 * no restriction.
 */
const ownKeyIdOf = ({ authenticationType, apiKeyId }: AuthenticatedUser): string | undefined =>
  authenticationType === 'api_key' ? (apiKeyId ?? '') : undefined;

function chosen(body: Omit<RouteBody<typeof updateApiKey>, 'id'>) {
  return {
    expiration: body.expiration ?? undefined,
    metadata: body.metadata,
    roleDescriptors: body.role_descriptors ?? body.kibana_role_descriptors,
  };
}
