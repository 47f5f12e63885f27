import { ConnectorError, type DecryptedConnector } from '../connector_data/index.ts';

/**
 * Maximum size of config and secrets of one connector as JSON, in bytes. Real connectors need 2 KB,
 * with certificates 20 KB, with a provider definition and a key 30 KB. The limit exists because
 * lists, the overview and the rotation of the encryption key read all connectors, so a large one
 * slows down other users.
 */
const MAX_CONNECTOR_BYTES = 64 * 1024;

/**
 * Bytes by which a large connector of an older version may grow in an edit. Saving adds the
 * defaults of its form even if the administrator adds nothing.
 */
const MAX_GROWTH_BYTES = 1_024;

type Content = Pick<DecryptedConnector, 'id' | 'config' | 'secrets'>;

/**
 * Checks the size of a connector before it is saved. A larger connector, saved by an older version,
 * may be saved again if it does not grow by more than {@link MAX_GROWTH_BYTES}. If its secrets
 * cannot be read, there is no size to compare with, so any size is allowed.
 * @param current the stored connector. `undefined`: the connector is new
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
 * Checks that a space may have one more connector. The count may lack connectors that were created
 * in the last second, so a space can slightly exceed the limit.
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
