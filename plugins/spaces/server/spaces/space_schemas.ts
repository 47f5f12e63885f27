import { plainText } from '@latchkey/core/server';
import { z } from 'zod';
import { DEFAULT_SPACE_ID, type SpaceInput } from './space_service.ts';
import type { SpaceChanges, StoredSpace } from './space_store.ts';

const spaceId = z
  .string()
  .regex(/^[a-z0-9_-]{1,64}$/, 'may hold up to 64 lower-case letters, digits, - and _');

/** Of the space to change; it must fit a body. */
export const spaceParams = z.strictObject({ id: spaceId });

/** Of a space to look for: what can be nobody's id is not found, as in Kibana. */
export const wantedSpaceParams = z.strictObject({ id: z.string().min(1).max(512) });

/**
 * Kibana's list query. As there, a purpose and the question for all purposes exclude each other.
 */
export const listQuery = z
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
    .regex(/^#[0-9a-fA-F]{6}$/, 'must look like #00BFB3')
    .optional(),
  initials: z.string().max(2).optional(),
  imageUrl: z
    .string()
    .max(256 * 1024)
    // Includes SVG, whose scripts no browser runs in an `img`. It is never served as a document,
    // only as a string in JSON.
    .regex(/^data:image\//, 'must be a data URL of an image')
    .or(z.literal(''))
    .optional(),
  disabledFeatures: z.array(z.string().min(1).max(128)).max(100).default([]),
  solution: z.enum(['security', 'oblt', 'es', 'classic']).optional(),
  _reserved: z.boolean().optional(),
};

/**
 * Kibana's body. `_reserved` is accepted without effect, so that a client can send a space back as
 * it received it.
 */
export const spaceBody = z.strictObject(spaceFields);

/** Kibana's body of an update. The path names the space, whatever id the body has. */
export const spaceChangesBody = z.strictObject({ ...spaceFields, id: z.string().max(512) });

/** A space in an answer, for the API description. */
export const spaceResponse = z.object({
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

/** A space in a list. */
export const listedSpaceResponse = spaceResponse.extend({
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

/** What a client asked for, as the service takes it. */
export function toInput(body: z.infer<typeof spaceBody>): SpaceInput {
  const { id, name, description, color, initials, disabledFeatures, solution } = body;
  // Kibana's form sends an empty string to take the picture away.
  const imageUrl = body.imageUrl === '' ? undefined : body.imageUrl;
  return { id, name, description, color, initials, imageUrl, disabledFeatures, solution };
}

/**
 * Fields of an update. As in Kibana, absent fields stay, except for `disabledFeatures`, which
 * becomes empty.
 */
export function toChanges(body: z.infer<typeof spaceChangesBody>): SpaceChanges {
  const { id: _, _reserved: __, ...named } = body;
  return { ...named, ...(named.imageUrl === '' ? { imageUrl: undefined } : {}) };
}

/** A space in Kibana's words. */
export function toBody({ deletingSince: _, ...space }: StoredSpace) {
  return { ...space, ...(space.id === DEFAULT_SPACE_ID ? { _reserved: true } : {}) };
}
