import pLimit from 'p-limit';

/**
 * Calls a function for each item, with at most `limit` concurrent calls. The results are in the
 * order of the items.
 * @throws the first failure, after which no further call is started
 */
export const mapConcurrently = <T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T) => Promise<R>,
): Promise<R[]> => {
  let failure: { readonly error: unknown } | undefined;
  return pLimit(limit).map(items, async (item) => {
    if (failure !== undefined) throw failure.error;
    try {
      return await map(item);
    } catch (error) {
      failure ??= { error };
      throw error;
    }
  });
};
