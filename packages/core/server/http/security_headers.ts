import helmet from '@fastify/helmet';
import fastify from 'fastify';

const HSTS_SECONDS = 365 * 24 * 60 * 60;

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
 * The headers of every answer, name to value. Helmet decides them; it is asked once, because they never change while
 * the server runs and because answers given before any route is found (malformed URL) need them too.
 * @param isHttps whether browsers reach the server over https; only then HSTS is sent
 */
export async function securityHeaders(isHttps: boolean): Promise<Readonly<Record<string, string>>> {
  const probe = fastify();
  await probe.register(helmet, {
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
    hsts: isHttps ? { maxAge: HSTS_SECONDS, includeSubDomains: true } : false,
  });
  probe.get('/', () => '');
  const answer = await probe.inject('/');
  await probe.close();
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  for (const [name, value] of Object.entries(answer.headers)) {
    const isTransport = ['content-length', 'content-type', 'date', 'connection'].includes(name);
    if (!isTransport && typeof value === 'string') headers[name] = value;
  }
  return headers;
}
