import { z } from 'zod';

/** A text in a result that may be missing or null. */
export const text = () => z.string().nullish();

/** A number in a result that may be missing or null. */
export const number = () => z.number().nullish();

/** A boolean in a result that may be missing or null. */
export const flag = () => z.boolean().nullish();
