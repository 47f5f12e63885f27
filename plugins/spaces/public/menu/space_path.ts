import { DEFAULT_SPACE_ID } from '@latchkey/core/common';

/**
 * Address of the start page of a space. Another space is another page load, so that no data of the
 * former space stays in the memory.
 */
export function spacePath(basePath: string, spaceId: string): string {
  return spaceId === DEFAULT_SPACE_ID ? `${basePath}/` : `${basePath}/s/${spaceId}/`;
}
