import { DEFAULT_SPACE_ID } from '@latchkey/core/common';
import { type Principal, type Router, respond } from '@latchkey/core/server';
import type { Audit } from '@latchkey/security-plugin/server';
import type { z } from 'zod';
import {
  createSpace,
  deleteSpace,
  getActiveSpace,
  getSpace,
  listSpaces,
  listSpacesInternally,
  type spaceBody,
  type spaceChangesBody,
  updateSpace,
} from '../../common/index.ts';
import { SpaceError } from './space_error.ts';
import type { SpaceInput, SpaceService } from './space_service.ts';
import type { SpaceChanges, StoredSpace } from './space_store.ts';
import { SPACE_TYPE } from './space_type.ts';

/** Services that the handlers of these routes call. */
export interface SpaceRouteServices {
  readonly spaces: SpaceService;
  readonly audit: Audit;
}

/** Registers Kibana's spaces API. */
export function registerSpaceRoutes(router: Router<SpaceRouteServices>): void {
  router.handle(listSpaces, async (request, { spaces }) => {
    const { purpose, include_authorized_purposes: withPurposes } = request.query;
    const listed = await spaces.list(request, purpose);
    return respond.ok(
      listed.map(({ authorizedPurposes, version: _, ...space }) => ({
        ...toBody(space),
        ...(withPurposes === 'true' ? { authorizedPurposes } : {}),
      })),
    );
  });
  router.handle(listSpacesInternally, async (request, { spaces }) => {
    const listed = await spaces.list(request);
    return respond.ok(listed.map(({ authorizedPurposes: _, ...space }) => toBody(space)));
  });
  router.handle(getSpace, async (request, { spaces }) =>
    respond.ok(toBody(await spaces.get(request, request.params.id))),
  );
  router.handle(getActiveSpace, async (request, { spaces }) =>
    respond.ok(toBody(await spaces.get(request, request.spaceId))),
  );
  router.handle(createSpace, async (request, { spaces, audit }) => {
    const input = toInput(request.body);
    const space = await audited(audit, request, ['space_create', input.id], () =>
      spaces.create(input),
    );
    return respond.ok(toBody(space));
  });
  router.handle(updateSpace, async (request, { spaces, audit }) => {
    const { id } = request.params;
    const space = await audited(audit, request, ['space_update', id], () =>
      spaces.update(id, toChanges(request.body), { version: request.query.version }),
    );
    return respond.ok(toBody(space));
  });
  router.handle(deleteSpace, async (request, { spaces, audit }) => {
    const { id } = request.params;
    await audited(audit, request, ['space_delete', id], () => spaces.delete(request, id));
    return respond.noContent();
  });
}

function toInput(body: z.output<typeof spaceBody>): SpaceInput {
  const { id, name, description, disabledFeatures, solution } = body;
  const { color, initials, imageUrl } = withResets(body);
  return { id, name, description, color, initials, imageUrl, disabledFeatures, solution };
}

/**
 * Fields of an update. As in Kibana, absent fields are kept, except for `disabledFeatures`, which
 * becomes empty.
 */
function toChanges(body: z.output<typeof spaceChangesBody>): SpaceChanges {
  const { id: _, _reserved: __, ...named } = body;
  return withResets(named);
}

/** Members of the avatar that an empty string resets, as Kibana's form removes a picture. */
const RESETTABLE = ['color', 'initials', 'imageUrl'] as const;

/** Sets empty members of the avatar to `undefined`, which removes them from a stored space. */
function withResets<B extends Pick<SpaceChanges, (typeof RESETTABLE)[number]>>(body: B): B {
  const empty = RESETTABLE.filter((member) => body[member] === '');
  return { ...body, ...Object.fromEntries(empty.map((member) => [member, undefined])) };
}

/** Converts a space to its response body in Kibana's format. */
function toBody<S extends StoredSpace>({ deletingSince: _, ...space }: S) {
  return { ...space, ...(space.id === DEFAULT_SPACE_ID ? { _reserved: true } : {}) };
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
