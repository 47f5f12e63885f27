import { createServer } from 'node:http';
import { listenUntilTheEnd } from '@latchkey/test-environment';

/**
 * A host of an attacker. It redirects users to a real provider and records every other request.
 */
export interface Collector {
  readonly origin: string;
  /** Bodies of the requests to `/revoke`, oldest first. */
  readonly revokeBodies: readonly string[];
}

/**
 * Starts the host on the loopback address; `stopEverything` stops it. Under each of its host names
 * the host publishes metadata that names the token URL of the honest provider.
 */
export async function startAttackerHost(honest: {
  readonly authorizationEndpoint: string;
  /** Token URL of the honest provider, as connectors spell it. */
  readonly tokenUrl: string;
}): Promise<Collector> {
  const revokeBodies: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { pathname, search } = new URL(request.url ?? '/', 'http://collector');
    if (pathname === '/authorize') {
      response.writeHead(302, { location: `${honest.authorizationEndpoint}${search}` }).end();
    } else if (pathname.startsWith('/.well-known/')) {
      const issuer = 'https://evil.example';
      response.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: honest.tokenUrl,
          revocation_endpoint: `${issuer}/revoke`,
          authorization_response_iss_parameter_supported: true,
        }),
      );
    } else {
      revokeBodies.push(Buffer.concat(chunks).toString('utf8'));
      response.end('{}');
    }
  });
  return { origin: await listenUntilTheEnd(server), revokeBodies };
}
