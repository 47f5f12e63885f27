import { ConnectorError, type DecryptedConnector } from '../connector_data/index.ts';

/**
 * Maximum bytes of config and secrets of one connector, as JSON. Real connectors need 2 KB, those
 * with certificates 20 KB, one with a provider entry and a key 30 KB. Lists, the overview and the
 * change of the encryption key read all connectors, so that their size is the work of others.
 */
const MAX_CONNECTOR_BYTES = 64 * 1024;

/**
 * Bytes by which a large connector of an older build may grow: a save adds what its form has by
 * default.
 */
const MAX_GROWTH_BYTES = 1_024;

type Content = Pick<DecryptedConnector, 'id' | 'config' | 'secrets'>;

/**
 * Checks the size of a connector before it is saved. A larger one of an older build may be saved
 * again, as long as an administrator adds nothing to it. Its secrets may be entered again when
 * they cannot be read.
 * @param current the stored connector. `undefined`: it is new
 * @throws ConnectorError `connector_too_large`
 */
export function ensureSizeAllowed(
  next: Content,
  current: (Content & { readonly hasReadableSecrets: boolean }) | undefined,
): void {
  const bytes = bytesOf(next);
  if (bytes <= MAX_CONNECTOR_BYTES) return;
  if (current !== undefined) {
    if (!current.hasReadableSecrets) return;
    if (bytes <= bytesOf(current) + MAX_GROWTH_BYTES) return;
  }
  throw new ConnectorError(
    'connector_too_large',
    next.id,
    `Config and secrets have ${bytes} bytes; at most ${MAX_CONNECTOR_BYTES} are allowed. Shorten the longest values, for example headers and certificates.`,
  );
}

/**
 * Checks that a space may have one more connector. Counts are some moments late, so a space can
 * exceed the limit by the connectors of these moments.
 * @throws ConnectorError `connector_limit_reached`
 */
export async function ensureOneMoreConnector(
  { id, spaceId }: Pick<DecryptedConnector, 'id' | 'spaceId'>,
  {
    store,
    maxPerSpace,
  }: {
    readonly store: { countIn(spaceId: string): Promise<number> };
    readonly maxPerSpace: number;
  },
): Promise<void> {
  if ((await store.countIn(spaceId)) < maxPerSpace) return;
  throw new ConnectorError(
    'connector_limit_reached',
    id,
    `The space has ${maxPerSpace} connectors, which is the maximum. Delete some first, or ask an administrator of the server to raise [xpack.actions.maxConnectorsPerSpace].`,
  );
}

function bytesOf({ config, secrets }: Content): number {
  return Buffer.byteLength(JSON.stringify([config, secrets]));
}
