import helmet from '@fastify/helmet';
import fastify from 'fastify';

const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    'default-src': ["'self'"],
    'script-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  },
};

/**
 * Returns the security headers of every response, by name. Helmet computes them once: they never
 * change while the server runs, and responses that are sent before a route is found (malformed URL)
 * need them too.
 * @param strictTransportSecurity value of the header; `undefined`: not sent, as over plain HTTP
 * (RFC 6797 §7.2)
 */
export async function securityHeaders(
  strictTransportSecurity: string | undefined,
): Promise<Readonly<Record<string, string>>> {
  const probe = fastify();
  await probe.register(helmet, {
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
    hsts: false,
    // These headers are for Internet Explorer, Flash and removed features of browsers. They would
    // cost CPU time in every response.
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  });
  probe.get('/', () => '');
  const response = await probe.inject('/');
  await probe.close();
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (strictTransportSecurity !== undefined) {
    headers['strict-transport-security'] = strictTransportSecurity;
  }
  for (const [name, value] of Object.entries(response.headers)) {
    const isTransport = ['content-length', 'content-type', 'date', 'connection'].includes(name);
    if (!isTransport && typeof value === 'string') headers[name] = value;
  }
  return headers;
}
