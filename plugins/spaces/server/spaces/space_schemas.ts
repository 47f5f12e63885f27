import { z } from 'zod';
import { DEFAULT_SPACE_ID } from './space_service.ts';
import type { StoredSpace } from './space_store.ts';

const spaceId = z
  .string()
  .regex(/^[a-z0-9_-]{1,64}$/, 'may hold up to 64 lower-case letters, digits, - and _');

/** Of the space to change; it must fit a body. */
export const spaceParams = z.strictObject({ id: spaceId });

/** Of a space to look for: what can be nobody's id is not found, as in Kibana. */
export const wantedSpaceParams = z.strictObject({ id: z.string().min(1).max(512) });

/** Kibana's list query; every purpose is answered with the spaces the person may enter. */
export const listQuery = z.strictObject({
  purpose: z.enum(['any', 'copySavedObjectsIntoSpace', 'shareSavedObjectsIntoSpace']).optional(),
  include_authorized_purposes: z.stringbool().optional(),
});

/** Kibana's body. `_reserved` is accepted, so that a space can be sent back as it came, and has no effect. */
export const spaceBody = z.strictObject({
  id: spaceId,
  name: z
    .string()
    .trim()
    .min(1)
    .max(128)
    // As for connectors: half a surrogate pair cannot be stored, and nobody types control characters.
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'must be plain text'),
  description: z.string().max(1024).optional(),
  color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'must look like #00BFB3')
    .optional(),
  initials: z.string().max(2).optional(),
  imageUrl: z
    .string()
    .max(256 * 1024)
    .regex(
      /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*$/,
      'must be a data URL of an image',
    )
    .or(z.literal(''))
    .optional(),
  disabledFeatures: z.array(z.string().min(1).max(128)).max(100).default([]),
  solution: z.enum(['security', 'oblt', 'es', 'classic']).optional(),
  _reserved: z.boolean().optional(),
});

/** A space in an answer, for the API description. */
export const spaceAnswer = z.object({
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

/** What a client asked for, as the service takes it. */
export function toInput(body: z.infer<typeof spaceBody>): Omit<StoredSpace, 'isBeingDeleted'> {
  const { id, name, description, color, initials, disabledFeatures, solution } = body;
  // Kibana's form sends an empty string to take the picture away.
  const imageUrl = body.imageUrl === '' ? undefined : body.imageUrl;
  return { id, name, description, color, initials, imageUrl, disabledFeatures, solution };
}

/** A space in Kibana's words. */
export function toBody({ isBeingDeleted: _, ...space }: StoredSpace) {
  return { ...space, ...(space.id === DEFAULT_SPACE_ID ? { _reserved: true } : {}) };
}
