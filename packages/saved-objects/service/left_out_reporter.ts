import type { SavedObjectError } from '../repository/saved_object_error.ts';
import type { SavedObjectsLogger } from './saved_objects_logger.ts';

/** Searches meet the same documents again and again; saying it once for each is enough. */
const MAX_REMEMBERED = 1_000;

/** Warns of each document once that searches leave out because a newer build wrote it and this one cannot read it. */
export function createSkippedDocumentReporter(
  logger: SavedObjectsLogger,
): (error: SavedObjectError) => void {
  const told = new Set<string>();
  return ({ message }) => {
    if (told.has(message)) return;
    if (told.size >= MAX_REMEMBERED) told.clear();
    told.add(message);
    logger.warn(`Left out of a search: ${message}`);
  };
}
