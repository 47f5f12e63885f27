import type { ServerMetadata } from '@latchkey/oauth-client';
import type { FormIssue } from '../../common/index.ts';
import { ConnectorError } from '../connector_data/index.ts';
import type { StatedIssuer } from '../oauth/strategies/index.ts';

/**
 * Compares the endpoints of a connector with those in the metadata of its issuer. An endpoint at
 * another origin is refused, because it belongs to another server. An endpoint with another path
 * only causes a warning, because the path may be an alias, an older version or a tenant. Query
 * strings are not compared, because providers and administrators add parameters.
 * @returns warnings, each with the path of its field
 * @throws ConnectorError `endpoint_mismatch`
 */
export function compareEndpoints(
  connectorId: string,
  stated: StatedIssuer,
  metadata: ServerMetadata,
): readonly FormIssue[] {
  const pairs = [
    ['authorization URL', 'authorizationUrl', metadata.authorizationEndpoint],
    ['token URL', 'tokenUrl', metadata.tokenEndpoint],
  ] as const;
  return pairs.flatMap(([name, field, named]) => {
    const [ours, theirs] = [URL.parse(stated[field]), URL.parse(named)];
    if (ours === null || theirs === null) return [];
    if (ours.origin !== theirs.origin) {
      throw new ConnectorError(
        'endpoint_mismatch',
        connectorId,
        `The ${name} is at [${ours.origin}], but the metadata of the issuer [${stated.issuer}] names [${theirs.origin}]. Correct the URL, or the issuer.`,
        { fields: [`secrets.${field}`] },
      );
    }
    if (ours.pathname === theirs.pathname) return [];
    return [
      {
        path: `secrets.${field}`,
        code: 'other_path',
        message: `The ${name} at ${ours.host} has a different path than in the metadata of its issuer. Check that this path is correct.`,
      },
    ];
  });
}
