import { resolveBaseUrl } from '../operations/index.ts';

const TEMPLATE = /^https:\/\/\{config\.(\w+)\}((?:\.[a-z0-9-]+)*)$/;

/**
 * Name of the config field in an origin: `https://{config.name}.example.com`, or
 * `https://{config.name}` for a host. `undefined`: the origin has no such placeholder.
 */
export function configFieldIn(origin: string): string | undefined {
  return TEMPLATE.exec(origin)?.[1];
}

/**
 * Replaces the placeholder of an origin.
 * @returns `undefined`: the field is absent, or its value is not permitted. A host is permitted if
 *   the placeholder is the whole host, else only a label is
 */
export function resolveConfigOrigin(
  origin: string,
  config: Readonly<Record<string, unknown>>,
): string | undefined {
  if (configFieldIn(origin) === undefined) return origin;
  try {
    return new URL(resolveBaseUrl(origin, { config })).origin;
  } catch {
    return undefined;
  }
}
