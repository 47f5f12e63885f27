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
/** Headers of the connection, of the body and of cookies, which an entry must not set. */
const RESERVED_HEADER =
  /^(connection|content-.*|cookie2?|expect|host|keep-alive|proxy-.*|set-cookie2?|te|trailer|transfer-encoding|upgrade)$/;
/** Headers that clients treat as harmless, and keep on a redirect to another host. */
const DESCRIPTIVE_HEADER = /^(accept.*|origin|referer|user-agent)$/;
/** Lower-case name of a header that an entry may set. */
const headerName = z
  .string()
  .max(128)
  .regex(/^[a-z0-9-]+$/, 'must be a header name in lower case')
  .refine((name) => !RESERVED_HEADER.test(name), 'must not be a header of the connection or body');
/** Name of a header that contains a credential. */
export const credentialHeader = headerName.refine(
  (name) => !DESCRIPTIVE_HEADER.test(name),
  'must not be a header that describes the client',
);
/** Name of a header of API requests that contains no credential. */
export const apiHeader = headerName.refine(
  (name) => name !== 'authorization',
  'must not be authorization: accessToken describes that header',
);
/**
 * Returns `true` if a redirect to another host keeps a header. Such a header must contain no grant
 * fact.
 */
export const isDescriptiveHeader = (name: string): boolean => DESCRIPTIVE_HEADER.test(name);
/** A text of 1 to 500 characters. */
export const text = z.string().min(1).max(500);
/** Ten years in days. With a longer time, a calculated date could be invalid. */
export const MAX_DAYS = 3_650;
/** A positive duration in seconds. */
export const seconds = z
  .int()
  .positive()
  .max(MAX_DAYS * 86_400);
