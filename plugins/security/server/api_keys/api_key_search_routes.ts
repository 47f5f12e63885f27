import { type Router, respond, type ServerRequest } from '@latchkey/core/server';
import { z } from 'zod';
import {
  getApiKeysEnabled,
  listApiKeys,
  MANAGE_OWN_API_KEYS,
  queryApiKeys,
} from '../../common/index.ts';
import type { Authorizer } from '../roles/index.ts';
import type { ApiKeyService } from './api_key_service.ts';
import { keysWithinReach, signedIn } from './keys_within_reach.ts';
import { filterKeys, KeyQueryError, keyOrder, parseKeyQuery } from './search/index.ts';
import type { ApiKey } from './store/api_key.ts';
import type { KeyReach } from './store/api_key_store.ts';

const NEWEST_FIRST = { field: 'creation', direction: 'desc' } as const;

interface SearchServices {
  readonly apiKeys: Pick<ApiKeyService, 'list' | 'search'>;
  readonly authorizer: Pick<Authorizer, 'missingPrivileges'>;
}

/** Parses the query in the body. Unsupported queries and cursors are refused with 400. */
const parsedQueryBody = queryApiKeys.body.transform((body, context) => {
  const { sort, searchAfter } = body;
  if (searchAfter !== undefined && (sort === undefined || !keyOrder(sort).isCursor(searchAfter))) {
    const message = 'searchAfter must be a value from a response, together with the same sort';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }
  try {
    return { ...body, query: body.query === undefined ? undefined : parseKeyQuery(body.query) };
  } catch (error) {
    if (!(error instanceof KeyQueryError)) throw error;
    const path = ['query', ...error.path];
    context.addIssue({ code: 'custom', path, message: error.message });
    return z.NEVER;
  }
});

/** Registers the routes that read API keys: the caller's own, or all for managers. */
export function registerApiKeySearchRoutes(router: Router<SearchServices>): void {
  router.handle(listApiKeys, async (request, services) => {
    const { isAdmin, page, per_page: perPage } = request.query;
    const { reach, privileges } = await reachOf(services, request, isAdmin);
    const { keys, total } = await services.apiKeys.list(reach, { page, perPage });
    const apiKeys = keys.map(apiKeyBody);
    return respond.ok({ apiKeys, total, ...privileges, page, per_page: perPage });
  });
  router.handle({ ...queryApiKeys, body: parsedQueryBody }, async (request, services) => {
    const { query, sort, filters = {}, from, size, searchAfter } = request.body;
    const { reach, privileges } = await reachOf(services, request, true);
    const isFiltered = filterKeys(filters);
    const { keys, total, aggregations, aggregationTotal } = await services.apiKeys.search(reach, {
      matches: (key, nowMs) => isFiltered(key, nowMs) && (query?.(key, nowMs) ?? true),
      order: keyOrder(sort ?? NEWEST_FIRST),
      after: searchAfter,
      from,
      size,
    });
    // Cursors need a sort that the client has chosen, because the default order may differ between
    // pages.
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
  });
  router.handle(getApiKeysEnabled, () => respond.ok({ apiKeysEnabled: true }));
}

/** The keys that a caller may see, and the caller's privileges for Kibana's pages. */
async function reachOf({ authorizer }: SearchServices, request: ServerRequest, wantsAll: boolean) {
  const user = signedIn(request.user);
  const { canManageApiKeys, profileUid } = await keysWithinReach(authorizer, request, wantsAll);
  const missing = await authorizer.missingPrivileges(request, [MANAGE_OWN_API_KEYS]);
  const isApiKey = user.authenticationType === 'api_key';
  const reach: KeyReach = {
    // An API key may see itself, but no other key of its owner.
    profileUid,
    id: isApiKey ? (user.apiKeyId ?? '') : undefined,
  };
  return {
    reach,
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
    type: 'rest' as const,
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
