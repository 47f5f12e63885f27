import { isPlainText } from '@latchkey/core/common';
import { z } from 'zod';
import { spaceBody, type spaceChangesBody } from '../../common/index.ts';
import type { SpaceView } from '../space_avatar.tsx';

const { id, name } = spaceBody.shape;
const MAX_DESCRIPTION = 1024;
const MAX_ID = 64;
const COLOR = /^$|^#[0-9a-fA-F]{6}$/;

/** Values of the form. Messages are names of texts. */
export const spaceForm = z.object({
  name: z
    .string()
    .refine(isPlainText, { error: 'characters', abort: true })
    .refine((text) => name.safeParse(text).success, 'name'),
  id: z.string().refine((text) => id.safeParse(text).success, 'id'),
  description: z.string().max(MAX_DESCRIPTION, 'description'),
  initials: z.string().trim().max(2, 'initials'),
  /** Empty: the colour comes from the name. */
  color: z.string().regex(COLOR, 'color'),
});

/** Values of the form. */
export type SpaceValues = z.infer<typeof spaceForm>;

/** Fields that the form does not show, and that a save must keep. */
export interface StoredSpace extends SpaceView {
  readonly disabledFeatures: readonly string[];
}

/** Values of an existing space, or of a new one. */
export const spaceValues = (space: SpaceView | undefined): SpaceValues => ({
  name: space?.name ?? '',
  id: space?.id ?? '',
  description: space?.description ?? '',
  initials: space?.initials ?? '',
  color: space?.color ?? '',
});

/** Identifier that a name suggests: lower case, other characters become `-`. */
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
 * Body of the request that saves the values. The features that are hidden are sent again, because
 * the server removes them otherwise.
 */
export function spaceRequest(
  values: SpaceValues,
  before: StoredSpace | undefined,
): z.input<typeof spaceChangesBody> {
  const { description, initials, color } = values;
  return {
    id: values.id,
    name: values.name,
    description: description.trim(),
    ...(initials === '' ? {} : { initials }),
    ...(color === '' ? {} : { color }),
    disabledFeatures: [...(before?.disabledFeatures ?? [])],
  };
}
