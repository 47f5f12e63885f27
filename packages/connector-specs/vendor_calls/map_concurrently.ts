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

/**
 * Calls a function for batches of at most `size` items, see {@link mapConcurrently}. Returns one
 * result per batch, in the order of the batches.
 */
export const mapBatches = <T, R>(
  items: readonly T[],
  { size, concurrency }: { readonly size: number; readonly concurrency: number },
  map: (batch: T[]) => Promise<R>,
): Promise<R[]> => {
  const count = Math.ceil(items.length / size);
  const batches = Array.from({ length: count }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
  return mapConcurrently(batches, concurrency, map);
};
