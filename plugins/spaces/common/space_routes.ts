import { defineRoute, plainText } from '@latchkey/core/common';
import { z } from 'zod';

/** Privilege to create, change and delete spaces. */
export const MANAGE_SPACES = 'spaces:manage';

const spaceId = z
  .string()
  .regex(/^[a-z0-9_-]{1,64}$/, 'must be 1 to 64 lower-case letters, digits, - or _');

/** Path parameters that name a space to change. The id follows the same rule as in a body. */
const spaceParams = z.strictObject({ id: spaceId });

/**
 * Path parameters that name a space to read. As in Kibana, a malformed id gives "not found" instead
 * of a refusal.
 */
export const spaceLookupParams = z.strictObject({ id: z.string().min(1).max(512) });

/** As in Kibana, `purpose` and `include_authorized_purposes` exclude each other. */
const listQuery = z
  .strictObject({
    purpose: z.enum(['any', 'copySavedObjectsIntoSpace', 'shareSavedObjectsIntoSpace']).optional(),
    include_authorized_purposes: z.enum(['true', 'false']).optional(),
  })
  .refine(
    ({ purpose, include_authorized_purposes: all }) => purpose === undefined || all !== 'true',
    'purpose and include_authorized_purposes=true exclude each other',
  );

const spaceFields = {
  id: spaceId,
  name: plainText(128),
  description: z.string().max(1024).optional(),
  color: z
    .string()
    // One pattern for both: some client generators cannot read a choice of a string and ''.
    .regex(/^(#[0-9a-fA-F]{6})?$/, 'must look like #00BFB3')
    .optional()
    .describe('Empty: the color is derived from the name. Kibana refuses an empty color.'),
  initials: z.string().max(2).optional().describe('Empty: the initials of the name.'),
  imageUrl: z
    .string()
    .max(256 * 1024)
    // SVG is allowed. Browsers run no scripts of an SVG in an `img`, and the server sends it only
    // as a string in JSON, never as a document.
    .regex(/^(data:image\/|$)/, 'must be a data URL of an image')
    .optional()
    .describe('Empty: no picture.'),
  disabledFeatures: z.array(z.string().min(1).max(128)).max(100).default([]),
  solution: z.enum(['security', 'oblt', 'es', 'classic']).optional(),
  _reserved: z.boolean().optional(),
};

/**
 * Body of a new space as Kibana's clients send it. `_reserved` is accepted and ignored, so that a
 * client can send a space back as it received it.
 */
export const spaceBody = z.strictObject(spaceFields);

/**
 * Body of an update as Kibana's clients send it. The path names the space; the id in the body is
 * ignored.
 */
export const spaceChangesBody = z.strictObject({ ...spaceFields, id: z.string().max(512) });

/** A space in a response. */
const space = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().optional(),
  color: z.string().optional(),
  initials: z.string().optional(),
  imageUrl: z.string().optional(),
  disabledFeatures: z.array(z.string()),
  solution: z.string().optional(),
  _reserved: z.boolean().optional().describe('The default space, which cannot be deleted.'),
});

const listedSpace = space.extend({
  authorizedPurposes: z
    .object({
      any: z.boolean(),
      copySavedObjectsIntoSpace: z.boolean(),
      findSavedObjects: z.boolean(),
      shareSavedObjectsIntoSpace: z.boolean(),
    })
    .optional()
    .describe('Only with `include_authorized_purposes=true`.'),
});

const route = { access: 'public', tags: ['spaces'] } as const;
const managed = { ...route, privileges: [MANAGE_SPACES] } as const;
const LIST = '/api/spaces/space';
const ONE = '/api/spaces/space/{id}';

/** Lists the spaces that the user may enter, sorted by name. */
export const listSpaces = defineRoute({
  ...route,
  method: 'get',
  path: LIST,
  summary: 'List the spaces that the user may enter',
  query: listQuery,
  responses: { 200: { description: 'Spaces, sorted by name', body: z.array(listedSpace) } },
});

/**
 * Like {@link listSpaces}, with the version of each space. It is a route of its own because
 * clients of Kibana send a space back as they received it.
 */
export const listSpacesInternally = defineRoute({
  method: 'get',
  path: '/internal/spaces/spaces',
  access: 'internal',
  summary: 'List the spaces that the user may enter, with their versions',
  tags: ['spaces'],
  responses: {
    200: {
      description: 'Spaces, sorted by name',
      body: z.array(space.extend({ version: z.string() })),
    },
  },
});

/** Gets one space. Also responds with 404 if the user may not enter the space. */
export const getSpace = defineRoute({
  ...route,
  method: 'get',
  path: ONE,
  summary: 'Get a space',
  params: spaceLookupParams,
  responses: { 200: { description: 'The space', body: space } },
});

/** Gets the space that the URL of the request names. */
export const getActiveSpace = defineRoute({
  method: 'get',
  path: '/internal/spaces/_active_space',
  access: 'internal',
  summary: 'Get the space of this request',
  responses: { 200: { description: 'The space', body: space } },
});

/** Creates a space. Refused when the id is taken or the limit of spaces is reached. */
export const createSpace = defineRoute({
  ...managed,
  method: 'post',
  path: LIST,
  summary: 'Create a space',
  body: spaceBody,
  responses: { 200: { description: 'The space', body: space } },
});

/** Changes a space. */
export const updateSpace = defineRoute({
  ...managed,
  method: 'put',
  path: ONE,
  summary: 'Change a space',
  description:
    'Absent fields stay unchanged, except for `disabledFeatures`, which becomes empty. An empty `color`, `initials` or `imageUrl` resets it to the default. The id in the path decides.',
  params: spaceParams,
  query: z.strictObject({
    version: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe(
        'Not in Kibana. Version of the space that the caller edited. Refused with 409 `stale_version` when the space was changed since. Absent: replaces any version.',
      ),
  }),
  body: spaceChangesBody,
  responses: { 200: { description: 'The space', body: space } },
});

/** Deletes a space. {@link getSpaceDeletion} returns the progress. */
export const deleteSpace = defineRoute({
  ...managed,
  method: 'delete',
  path: ONE,
  summary: 'Delete a space with everything in it',
  description:
    'Closes the space for every user and revokes the grants in it. Work that takes longer than a few seconds continues in the background; until it is done, the id cannot be used again.',
  params: spaceLookupParams,
  responses: {
    204: { description: 'Deleted, or closed permanently while its data is being removed' },
  },
});
