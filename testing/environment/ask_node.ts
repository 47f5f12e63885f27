/**
 * Sends a request directly to an Elasticsearch node, as an operator would, and returns the parsed
 * response.
 * @throws Error with status and response when the node refuses the request
 */
export async function askNode(
  url: string,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method,
    signal: AbortSignal.timeout(60_000),
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

/** Deletes the indices of an installation. Does nothing when there are none. */
export async function dropIndices(url: string, indexPrefix: string): Promise<void> {
  const found = await askNode(url, 'GET', `/${indexPrefix}*/_alias?expand_wildcards=all`);
  const names = Object.keys(found as object);
  // A cluster accepts a deletion only with the full name of each index, and an empty list would
  // mean all indices.
  if (names.length > 0) await askNode(url, 'DELETE', `/${names.join(',')}`);
}

/**
 * Makes every index of an installation refuse writes, or accept them again. Elasticsearch itself
 * sets `read_only_allow_delete` when a disk is full.
 */
export async function blockIndices(
  url: string,
  indexPrefix: string,
  block: 'read_only_allow_delete' | 'none',
): Promise<void> {
  await askNode(url, 'PUT', `/${indexPrefix}*/_settings?expand_wildcards=all`, {
    'index.blocks.read_only_allow_delete': block === 'none' ? null : true,
  });
}
