import { type Router, respond, type ServerRequest } from '@latchkey/core/server';
import type { z } from 'zod';
import type { Authorizer } from '../roles/index.ts';
import { MANAGE_OWN_API_KEYS } from './api_key_feature.ts';
import { listQuery, queryBody } from './api_key_schemas.ts';
import type { ApiKeyService } from './api_key_service.ts';
import type { ApiKey, ApiKeySearch } from './api_key_store.ts';
import { keysWithinReach, signedIn } from './keys_within_reach.ts';

const route = { access: 'internal', tags: ['api keys'] } as const;
const PATH = '/internal/security/api_key';

/** Kibana's names of the fields that sort keys. */
const SORT_FIELDS = {
  name: 'name',
  username: 'username',
  creation: 'createdAt',
  expiration: 'expiresAt',
} as const;

type QueryBody = z.infer<typeof queryBody>;

interface SearchDeps {
  readonly apiKeys: Pick<ApiKeyService, 'search'>;
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
      const found = await search(deps, request, { isAdmin, page, perPage });
      return respond.ok({ ...found.body, page, per_page: perPage });
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
      const { from, size } = request.body;
      const { body, count } = await search(deps, request, {
        isAdmin: true,
        page: from / size + 1,
        perPage: size,
        ...conditionsOf(request.body),
      });
      return respond.ok({ ...body, count });
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

async function search(
  { apiKeys, authorizer }: SearchDeps,
  request: ServerRequest,
  { isAdmin, ...conditions }: { isAdmin: boolean } & Omit<ApiKeySearch, 'profileUid' | 'now'>,
) {
  const user = signedIn(request.user);
  const { canManageApiKeys, profileUid } = await keysWithinReach(authorizer, request, isAdmin);
  const missing = await authorizer.missingPrivileges(request, [MANAGE_OWN_API_KEYS]);
  const found = await apiKeys.search({
    ...conditions,
    profileUid,
    // An API key sees itself, and no other key of its owner.
    ...(user.authenticationType === 'api_key' ? { id: user.apiKeyId ?? '' } : {}),
  });
  return {
    count: found.keys.length,
    body: {
      apiKeys: found.keys.map(apiKeyBody),
      total: found.total,
      canManageApiKeys,
      canManageOwnApiKeys: missing.length === 0 && user.authenticationType !== 'api_key',
      canManageCrossClusterApiKeys: false,
    },
  };
}

function conditionsOf({ query, sort, filters }: QueryBody) {
  const text =
    query !== undefined && 'simple_query_string' in query
      ? query.simple_query_string.query
      : undefined;
  return {
    // Words match by prefix, so Kibana's trailing `*` has no further effect.
    text: text?.replaceAll('*', ' '),
    usernames: filters?.usernames,
    expired: filters?.expired,
    type: filters?.type,
    sort:
      sort === undefined ? undefined : { field: SORT_FIELDS[sort.field], order: sort.direction },
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
