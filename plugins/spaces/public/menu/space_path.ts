import { DEFAULT_SPACE_ID } from '@latchkey/core/common';

/**
 * Address of the start page of a space. The browser loads the page again, so that no data of the
 * previous space stays in memory.
 */
export function spacePath(basePath: string, spaceId: string): string {
  return spaceId === DEFAULT_SPACE_ID ? `${basePath}/` : `${basePath}/s/${spaceId}/`;
}
