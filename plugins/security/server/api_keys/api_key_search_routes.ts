import { type Router, respond, type ServerRequest } from '@latchkey/core/server';
import type { Authorizer } from '../roles/index.ts';
import type { ApiKey } from './api_key.ts';
import { MANAGE_OWN_API_KEYS } from './api_key_feature.ts';
import { listQuery, queryBody } from './api_key_schemas.ts';
import type { ApiKeyService } from './api_key_service.ts';
import type { KeyReach } from './api_key_store.ts';
import { keysWithinReach, signedIn } from './keys_within_reach.ts';
import { filterKeys, keyOrder } from './search/index.ts';

const route = { access: 'internal', tags: ['api keys'] } as const;
const PATH = '/internal/security/api_key';

const NEWEST_FIRST = { field: 'creation', direction: 'desc' } as const;

interface SearchDeps {
  readonly apiKeys: Pick<ApiKeyService, 'list' | 'search'>;
  readonly authorizer: Pick<Authorizer, 'missingPrivileges'>;
}

/** Routes that read API keys: one's own, or all for managers. */
export function registerApiKeySearchRoutes(router: Router, deps: SearchDeps): void {
  router.add(
    {
      ...route,
      method: 'get',
      path: PATH,
      summary: 'List API keys in pages: own ones, or all for managers',
      validate: { query: listQuery },
    },
    async (request) => {
      const { isAdmin, page, per_page: perPage } = request.query;
      const { reach, privileges } = await reachOf(deps, request, isAdmin);
      const { keys, total } = await deps.apiKeys.list(reach, { page, perPage });
      const apiKeys = keys.map(apiKeyBody);
      return respond.ok({ apiKeys, total, ...privileges, page, per_page: perPage });
    },
  );
  router.add(
    {
      ...route,
      method: 'post',
      path: `${PATH}/_query`,
      summary: 'Search API keys: own ones, or all for managers',
      validate: { body: queryBody },
    },
    async (request) => {
      const { query, sort, filters = {}, from, size, searchAfter } = request.body;
      const { reach, privileges } = await reachOf(deps, request, true);
      const isFiltered = filterKeys(filters);
      const { keys, total, aggregations, aggregationTotal } = await deps.apiKeys.search(reach, {
        matches: (key, nowMs) => isFiltered(key, nowMs) && (query?.(key, nowMs) ?? true),
        order: keyOrder(sort ?? NEWEST_FIRST),
        after: searchAfter,
        from,
        size,
      });
      // Without a sort of the client's, nothing says that the next page has the same order.
      const isSorted = sort !== undefined;
      const last = isSorted ? keys.at(-1)?.cursor : undefined;
      return respond.ok({
        apiKeys: keys.map(({ key, cursor }) => ({
          ...apiKeyBody(key),
          ...(isSorted ? { _sort: cursor } : {}),
        })),
        total,
        count: keys.length,
        ...(last === undefined ? {} : { searchAfter: last }),
        aggregations,
        aggregationTotal,
        ...privileges,
      });
    },
  );
  router.add(
    {
      ...route,
      method: 'get',
      path: `${PATH}/_enabled`,
      summary: 'Tell whether API keys can be used',
    },
    () => respond.ok({ apiKeysEnabled: true }),
  );
}

/** The keys a caller may see, and what Kibana's pages ask about the caller. */
async function reachOf(
  { authorizer }: SearchDeps,
  request: ServerRequest,
  wantsAll: boolean,
): Promise<{ readonly reach: KeyReach; readonly privileges: object }> {
  const user = signedIn(request.user);
  const { canManageApiKeys, profileUid } = await keysWithinReach(authorizer, request, wantsAll);
  const missing = await authorizer.missingPrivileges(request, [MANAGE_OWN_API_KEYS]);
  const isApiKey = user.authenticationType === 'api_key';
  return {
    // An API key sees itself, and no other key of its owner.
    reach: { profileUid, id: isApiKey ? (user.apiKeyId ?? '') : undefined },
    privileges: {
      canManageApiKeys,
      canManageOwnApiKeys: missing.length === 0 && !isApiKey,
      canManageCrossClusterApiKeys: false,
    },
  };
}

function apiKeyBody(key: ApiKey) {
  return {
    id: key.id,
    name: key.name,
    type: 'rest',
    creation: key.createdAt.getTime(),
    ...(key.expiresAt === undefined ? {} : { expiration: key.expiresAt.getTime() }),
    invalidated: false,
    username: key.username,
    profile_uid: key.profileUid,
    realm: 'native',
    metadata: key.metadata,
    role_descriptors: key.roleDescriptors,
  };
}
