/**
 * Asks an Elasticsearch node directly, as an operator would.
 * @throws Error with status and answer when it refuses
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

/** Blocks writes to every index of an installation, or lifts the block. `read_only_allow_delete` is what a full disk leads to. */
export async function blockIndices(
  url: string,
  indexPrefix: string,
  block: 'read_only_allow_delete' | 'none',
): Promise<void> {
  await askNode(url, 'PUT', `/${indexPrefix}*/_settings?expand_wildcards=all`, {
    'index.blocks.read_only_allow_delete': block === 'none' ? null : true,
  });
}
