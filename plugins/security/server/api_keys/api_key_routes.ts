import { type AuthenticatedUser, HttpError, type Router, respond } from '@latchkey/core/server';
import { z } from 'zod';
import type { AuditLog } from '../audit/index.ts';
import { metadataKey } from '../elasticsearch_names.ts';
import { type Authorizer, MANAGE_SECURITY } from '../roles/index.ts';
import type { ApiKeyService } from './api_key_service.ts';
import type { ApiKey } from './api_key_store.ts';
import { API_KEY_TYPE } from './api_key_type.ts';

export interface ApiKeyRouteDeps {
  readonly apiKeys: ApiKeyService;
  readonly authorizer: Pick<Authorizer, 'missingPrivileges'>;
  readonly audit: AuditLog;
}

const route = { access: 'internal', tags: ['api keys'] } as const;
const PATH = '/internal/security/api_key';

const createBody = z.strictObject({
  type: z.literal('rest').optional(),
  name: z.string().trim().min(1).max(256),
  expiration: z.string().max(16).nullish(),
  metadata: z.record(metadataKey, z.unknown()).optional(),
  /** Accepted empty only: a key always has its owner's roles. */
  role_descriptors: z.strictObject({}).optional(),
});

const invalidateBody = z.strictObject({
  apiKeys: z
    .array(z.strictObject({ id: z.string().min(1).max(64), name: z.string().max(256).optional() }))
    .min(1)
    .max(1000),
  /** Also other people's keys; needs the privilege to manage security. */
  isAdmin: z.boolean().default(false),
});

/** Kibana's API key routes. */
export function registerApiKeyRoutes(router: Router, deps: ApiKeyRouteDeps): void {
  registerCreate(router, deps);
  registerList(router, deps);
  registerInvalidate(router, deps);
}

function registerCreate(router: Router, { apiKeys, audit }: ApiKeyRouteDeps): void {
  router.add(
    {
      ...route,
      method: 'post',
      path: PATH,
      summary: 'Create an API key that acts as its owner',
      validate: { body: createBody },
    },
    async (request) => {
      const { name, expiration, metadata } = request.body;
      const created = await audit.around(
        request,
        { action: 'api_key_create', message: 'api_key_create of an own key' },
        () =>
          apiKeys.create(signedIn(request.user), {
            name,
            expiration: expiration ?? undefined,
            metadata: metadata ?? {},
          }),
      );
      return respond.ok({
        id: created.id,
        name: created.name,
        api_key: created.secret,
        encoded: created.encoded,
        ...(created.expiresAt === undefined ? {} : { expiration: created.expiresAt.getTime() }),
      });
    },
  );
}

function registerList(router: Router, { apiKeys, authorizer }: ApiKeyRouteDeps): void {
  router.add(
    {
      ...route,
      method: 'get',
      path: PATH,
      summary: 'List API keys: own ones, or all for managers',
    },
    async (request) => {
      const { profileUid } = signedIn(request.user);
      const missing = await authorizer.missingPrivileges(request, [MANAGE_SECURITY]);
      const canManageApiKeys = missing.length === 0;
      const keys = await apiKeys.list(canManageApiKeys ? undefined : profileUid);
      return respond.ok({
        apiKeys: keys.map(apiKeyBody),
        canManageApiKeys,
        canManageOwnApiKeys: true,
        canManageCrossClusterApiKeys: false,
      });
    },
  );
}

function registerInvalidate(router: Router, { apiKeys, authorizer, audit }: ApiKeyRouteDeps): void {
  router.add(
    {
      ...route,
      method: 'post',
      path: `${PATH}/invalidate`,
      summary: 'End API keys',
      validate: { body: invalidateBody },
    },
    async (request) => {
      const { profileUid } = signedIn(request.user);
      const { isAdmin } = request.body;
      const missing = isAdmin ? await authorizer.missingPrivileges(request, [MANAGE_SECURITY]) : [];
      if (missing.length > 0) {
        throw new HttpError(403, `Ending other people's keys needs [${missing.join(', ')}].`);
      }
      const ids = request.body.apiKeys.map(({ id }) => id);
      const result = await apiKeys.invalidate(ids, isAdmin ? undefined : profileUid);
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
    },
  );
}

/** The router let only signed-in people through; this tells the compiler. */
function signedIn(user: AuthenticatedUser | undefined): AuthenticatedUser {
  if (user === undefined) throw new HttpError(401, 'Sign in first.');
  return user;
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
  };
}
