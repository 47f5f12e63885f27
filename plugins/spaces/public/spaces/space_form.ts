import { isPlainText } from '@latchkey/core/common';
import { z } from 'zod';
import { spaceBody, type spaceChangesBody } from '../../common/index.ts';
import type { SpaceView } from '../space_avatar.tsx';

const { id, name } = spaceBody.shape;
const MAX_DESCRIPTION = 1024;
const MAX_ID = 64;
const COLOR = /^$|^#[0-9a-fA-F]{6}$/;

/** Schema of the form. Messages of its issues are keys of translated texts. */
export const spaceForm = z.object({
  name: z
    .string()
    .refine(isPlainText, { error: 'characters', abort: true })
    .refine((text) => name.safeParse(text).success, 'name'),
  id: z.string().refine((text) => id.safeParse(text).success, 'id'),
  description: z.string().max(MAX_DESCRIPTION, 'description'),
  initials: z.string().trim().max(2, 'initials'),
  /** Color of the avatar. Empty: the color is derived from the name. */
  color: z.string().regex(COLOR, 'color'),
});

/** Values of the form. */
export type SpaceValues = z.infer<typeof spaceForm>;

/** A space with the members that the form does not show. A save must keep these members. */
export interface StoredSpace extends SpaceView {
  readonly disabledFeatures: readonly string[];
  readonly version: string;
}

/** Values of the form for an existing space, or for a new one (`undefined`). */
export const spaceValues = (space: SpaceView | undefined): SpaceValues => ({
  name: space?.name ?? '',
  id: space?.id ?? '',
  description: space?.description ?? '',
  initials: space?.initials ?? '',
  color: space?.color ?? '',
});

/** Identifier that is suggested for a name: lower case, with `-` in place of other characters. */
export const suggestId = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, MAX_ID)
    .replace(/-+$/, '');

/**
 * Body of the request that saves the values. Empty initials and an empty color are sent, because
 * the server keeps members that a request lacks. Hidden features are sent again, because the server
 * would remove them otherwise.
 */
export function spaceRequest(
  values: SpaceValues,
  before: StoredSpace | undefined,
): z.input<typeof spaceChangesBody> {
  const { description, initials, color } = values;
  return {
    id: values.id,
    name: values.name === before?.name ? before.name : values.name.trim(),
    description: description.trim(),
    initials,
    color,
    disabledFeatures: [...(before?.disabledFeatures ?? [])],
  };
}
