import { z } from 'zod';

/** Text of an entry that may contain `{config.name}`. */
const template = z.string().min(1).max(500);
/** An https URL. Its host may be or contain a placeholder. */
export const url = template.regex(/^https:\/\/[A-Za-z0-9.{}-]+(\/.*)?$/);
/**
 * A host name, a domain after `*.` for every host below this domain, or a placeholder for a host.
 */
export const hostPattern = z
  .string()
  .max(255)
  .regex(/^(\*\.)?([a-z0-9-]+\.)+[a-z]{2,}$|^(\{config\.\w+\})(\.[a-z0-9-]+)*$/);
/** Dotted path into a JSON body. `*` stands for each element of an array. */
export const path = z
  .string()
  .max(256)
  .regex(/^([\w-]+|\*)(\.([\w-]+|\*))*$/);
/** A text of 1 to 500 characters. */
export const text = z.string().min(1).max(500);
/** Ten years in days. With a longer time, a calculated date could be invalid. */
export const MAX_DAYS = 3_650;
/** A positive duration in seconds. */
export const seconds = z
  .int()
  .positive()
  .max(MAX_DAYS * 86_400);
