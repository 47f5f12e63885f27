/** Id of the space that always exists. URLs do not contain it. */
export const DEFAULT_SPACE_ID = 'default';
/**
 * Header of a 404 response to a signed-in user whose request is in a space that the user cannot
 * enter.
 */
export const UNKNOWN_SPACE_HEADER = 'x-latchkey-unknown-space';

const PLACEHOLDER = /\/\{([A-Za-z_][A-Za-z0-9_]*)([?*]?)\}/g;

/**
 * Returns the path within a space: with `/s/{spaceId}` in front, except for the default space.
 * @throws TypeError when the id of the space cannot be part of a path
 */
export function inSpace(path: string, spaceId: string | undefined): string {
  if (spaceId === undefined || spaceId === DEFAULT_SPACE_ID) return path;
  return fillPath('/s/{spaceId}', { spaceId }) + path;
}

/**
 * Replaces the placeholders of a route's path with encoded parameters.
 * @throws TypeError when a parameter is missing or empty, or is `.` or `..`, which every URL parser
 * treats as a step to another path; URIError for broken Unicode
 */
export function fillPath(path: string, params: Readonly<Record<string, unknown>> = {}): string {
  return path.replaceAll(PLACEHOLDER, (_, name: string, mark: string) => {
    const value = params[name];
    if (value === undefined && mark === '?') return '';
    const text = value === undefined ? '' : String(value);
    const segments = mark === '*' ? text.split('/') : [text];
    return segments.map((segment) => `/${encodeSegment(path, name, segment)}`).join('');
  });
}

function encodeSegment(path: string, name: string, segment: string): string {
  if (segment === '' || segment === '.' || segment === '..') {
    throw new TypeError(`Parameter [${name}] of ${path} must not be empty, "." or ".."`);
  }
  return encodeURIComponent(segment);
}
