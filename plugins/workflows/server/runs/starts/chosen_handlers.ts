import type { ListedWorkflow } from '../../workflows/index.ts';

/**
 * Maximum number of handlers of one author that are started in a space. Further ones are ignored.
 */
export const MAX_HANDLERS_PER_AUTHOR = 20;

/** A workflow that is started for failed runs, without its YAML. */
export interface Handler
  extends Pick<ListedWorkflow, 'id' | 'spaceId' | 'name' | 'lastUpdatedAt' | 'runsAs'> {
  /** Version of the YAML, see `versionOf`. */
  readonly version: string;
}

/** The handlers of a space that are started. */
export interface ChosenHandlers {
  /**
   * Handlers in the order of their turns: the first of each author, then the second of each author,
   * and so on.
   */
  readonly handlers: readonly Handler[];
  /** Usernames of authors who have more than {@link MAX_HANDLERS_PER_AUTHOR} handlers. */
  readonly exceeding: readonly string[];
}

/**
 * Chooses the handlers of a space. Authors take turns, so that one author with many handlers does
 * not displace those of others.
 * @param batches all handlers of the space
 */
export async function chooseHandlers(
  batches: AsyncIterable<readonly ListedWorkflow[]>,
): Promise<ChosenHandlers> {
  const byAuthor = new Map<string, Handler[]>();
  const exceeding = new Set<string>();
  for await (const batch of batches)
    for (const { id, spaceId, name, lastUpdatedAt, runsAs, revision } of batch) {
      const ofAuthor = byAuthor.get(runsAs.profileUid) ?? [];
      byAuthor.set(runsAs.profileUid, ofAuthor);
      if (ofAuthor.length >= MAX_HANDLERS_PER_AUTHOR) exceeding.add(runsAs.username);
      else ofAuthor.push({ id, spaceId, name, lastUpdatedAt, runsAs, version: revision.version });
    }
  const turns = Array.from({ length: MAX_HANDLERS_PER_AUTHOR }, (_, turn) => turn);
  const authors = [...byAuthor.values()];
  const handlers = turns.flatMap((turn) => authors.flatMap((ofAuthor) => ofAuthor[turn] ?? []));
  return { handlers, exceeding: [...exceeding] };
}
