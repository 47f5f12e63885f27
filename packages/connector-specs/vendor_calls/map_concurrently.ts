import pLimit from 'p-limit';

/**
 * Maps items in order, with max `limit` concurrent calls.
 * @throws the first failure; no further call is started then
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
