import { type Principal, type Router, respond } from '@latchkey/core/server';
import type { Audit } from '@latchkey/security-plugin/server';
import { z } from 'zod';
import { SpaceError } from './space_error.ts';
import {
  listedSpaceResponse,
  listQuery,
  spaceBody,
  spaceChangesBody,
  spaceParams,
  spaceResponse,
  toBody,
  toChanges,
  toInput,
  wantedSpaceParams,
} from './space_schemas.ts';
import { MANAGE_SPACES, type SpaceService } from './space_service.ts';
import { SPACE_TYPE } from './space_type.ts';

export interface SpaceRouteDeps {
  readonly spaces: SpaceService;
  readonly audit: Audit;
}

const route = { access: 'public', tags: ['spaces'] } as const;
const managed = { ...route, security: { requiredPrivileges: [MANAGE_SPACES] } } as const;
const LIST = '/api/spaces/space';
const ONE = '/api/spaces/space/{id}';

/** Kibana's spaces API. */
export function registerSpaceRoutes(router: Router, deps: SpaceRouteDeps): void {
  registerReads(router, deps);
  registerWrites(router, deps);
}

function registerReads(router: Router, { spaces }: SpaceRouteDeps): void {
  router.add(
    {
      ...route,
      method: 'get',
      path: LIST,
      summary: 'List the spaces one may enter',
      validate: { query: listQuery },
      responses: { 200: { description: 'Spaces by name', body: z.array(listedSpaceResponse) } },
    },
    async (request) => {
      const { purpose, include_authorized_purposes: withPurposes } = request.query;
      const listed = await spaces.list(request, purpose);
      return respond.ok(
        listed.map(({ authorizedPurposes, ...space }) => ({
          ...toBody(space),
          ...(withPurposes === 'true' ? { authorizedPurposes } : {}),
        })),
      );
    },
  );
  router.add(
    {
      ...route,
      method: 'get',
      path: ONE,
      summary: 'Get a space',
      validate: { params: wantedSpaceParams },
      responses: { 200: { description: 'The space', body: spaceResponse } },
    },
    async (request) => respond.ok(toBody(await spaces.get(request, request.params.id))),
  );
  router.add(
    {
      method: 'get',
      path: '/internal/spaces/_active_space',
      access: 'internal',
      summary: 'Get the space of this request',
    },
    async (request) => respond.ok(toBody(await spaces.get(request, request.spaceId))),
  );
}

function registerWrites(router: Router, { spaces, audit }: SpaceRouteDeps): void {
  router.add(
    {
      ...managed,
      method: 'post',
      path: LIST,
      summary: 'Create a space',
      validate: { body: spaceBody },
      responses: { 200: { description: 'The space', body: spaceResponse } },
    },
    async (request) => {
      const input = toInput(request.body);
      const space = await audited(audit, request, ['space_create', input.id], () =>
        spaces.create(input),
      );
      return respond.ok(toBody(space));
    },
  );
  router.add(
    {
      ...managed,
      method: 'put',
      path: ONE,
      summary: 'Change a space',
      description:
        'Absent fields stay unchanged, except for `disabledFeatures`, which becomes empty. The id in the path decides.',
      validate: { params: spaceParams, body: spaceChangesBody },
      responses: { 200: { description: 'The space', body: spaceResponse } },
    },
    async (request) => {
      const { id } = request.params;
      const space = await audited(audit, request, ['space_update', id], () =>
        spaces.update(id, toChanges(request.body)),
      );
      return respond.ok(toBody(space));
    },
  );
  router.add(
    {
      ...managed,
      method: 'delete',
      path: ONE,
      summary: 'Delete a space with everything in it',
      description:
        'Closes the space for every user and revokes the grants in it. Work that takes longer than a few seconds continues in the background; until it is done, the id cannot be used again.',
      validate: { params: wantedSpaceParams },
      responses: { 204: { description: 'Deleted, or closed for good and being deleted' } },
    },
    async (request) => {
      const { id } = request.params;
      await audited(audit, request, ['space_delete', id], () => spaces.delete(request, id));
      return respond.noContent();
    },
  );
}

async function audited<T>(
  audit: Audit,
  principal: Principal,
  [action, id]: readonly [action: string, id: string],
  work: () => Promise<T>,
): Promise<T> {
  const event = {
    action,
    message: `${action} of space [${id}]`,
    savedObject: { type: SPACE_TYPE, id },
  };
  try {
    const result = await work();
    audit.log(principal, { ...event, outcome: 'success' });
    return result;
  } catch (error) {
    const errorCode = error instanceof SpaceError ? error.code : 'unexpected';
    audit.log(principal, { ...event, outcome: 'failure', errorCode });
    throw error;
  }
}
