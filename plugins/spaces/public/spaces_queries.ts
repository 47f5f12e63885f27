import { DEFAULT_SPACE_ID } from '@latchkey/core/common';
import type { HttpClient } from '@latchkey/core/public';
import { queryOptions } from '@tanstack/react-query';
import { listSpacesInternally, previewSpaceDeletion } from '../common/index.ts';

/** Keys of all queries of this plugin. */
export const spacesKeys = {
  list: () => ['spaces', 'list'] as const,
  preview: (id: string) => ['spaces', 'deletion_preview', id] as const,
};

/**
 * Spaces that the user may enter, sorted by name. Works even if the space of the page was deleted.
 */
export const spacesQuery = (http: HttpClient) =>
  queryOptions({
    queryKey: spacesKeys.list(),
    queryFn: ({ signal }) => http.inSpace(DEFAULT_SPACE_ID).call(listSpacesInternally, { signal }),
  });

/**
 * Numbers of objects that deleting a space removes. They are requested again each time the dialog
 * opens.
 */
export const deletionPreviewQuery = (http: HttpClient, id: string) =>
  queryOptions({
    queryKey: spacesKeys.preview(id),
    queryFn: ({ signal }) => http.call(previewSpaceDeletion, { params: { id }, signal }),
    staleTime: 0,
    gcTime: 0,
  });
