import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { createEgress } from '../create_egress.ts';
import { EgressError } from '../egress_error.ts';
import { type LoopbackServer, startServer } from '../fixtures/loopback.ts';
import { someSettings } from '../fixtures/settings.ts';
import { testCertificates } from '../fixtures/test_certificates.ts';
import type { CustomHostSettings, Egress, EgressSettings } from '../types.ts';

const { authority, server, otherServer, client, clientPfx } = testCertificates;
const running: { stop(): Promise<void> }[] = [];

async function secureServer(tls: object = server): Promise<LoopbackServer> {
  const started = await startServer((_request, response) => response.end('secret'), tls);
  running.push(started);
  return started;
}

function egress(over: Partial<EgressSettings> = {}, readFile?: (path: string) => string): Egress {
  const made = createEgress(someSettings(over), readFile);
  running.push({ stop: () => made.close() });
  return made;
}

function hostSettings(url: string, ssl: CustomHostSettings['ssl']): Partial<EgressSettings> {
  return { customHostSettings: [{ url, ssl }] };
}

async function bodyOf(response: Promise<Response>): Promise<string> {
  return (await response).text();
}

const TLS_FAILED = { code: 'tls_failed', responseLost: false };

afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

describe('the verification of certificates', () => {
  it('G91: rejects a certificate of an unknown authority before the request is sent', async () => {
    const { origin, seen } = await secureServer();
    await expect(egress().fetch(origin)).rejects.toMatchObject(TLS_FAILED);
    expect(seen).toEqual([]);
  });

  it('C52: trusts the authority of the host in customHostSettings', async () => {
    const { origin } = await secureServer();
    const anEgress = egress(hostSettings(origin, { certificateAuthoritiesData: authority }));
    expect(await bodyOf(anEgress.fetch(origin))).toBe('secret');
  });

  it('C52: uses the same authority for token calls and for API calls', async () => {
    const { origin, seen } = await secureServer();
    const anEgress = egress(hostSettings(origin, { certificateAuthoritiesData: authority }));
    await anEgress.fetch(`${origin}/token`, { method: 'POST', body: 'grant_type=x' });
    await anEgress.createAxiosInstance().get(`${origin}/api`);
    expect(seen.map(({ url }) => url)).toEqual(['/token', '/api']);
  });

  it('reads authority files once, when the egress is created', async () => {
    const { origin } = await secureServer();
    const reads: string[] = [];
    const readFile = (path: string) => {
      reads.push(path);
      return authority;
    };
    const anEgress = egress(
      hostSettings(origin, { certificateAuthoritiesFiles: ['ca.pem'] }),
      readFile,
    );
    expect(await bodyOf(anEgress.fetch(origin))).toBe('secret');
    expect(reads).toEqual(['ca.pem']);
    const missing = hostSettings(origin, { certificateAuthoritiesFiles: ['/does/not/exist.pem'] });
    expect(() => createEgress(someSettings(missing))).toThrow(/ENOENT/);
  });

  it('does not use the authority of one host for another host', async () => {
    const trusted = await secureServer();
    const other = await secureServer();
    const anEgress = egress(
      hostSettings(trusted.origin, { certificateAuthoritiesData: authority }),
    );
    await anEgress.fetch(trusted.origin);
    await expect(anEgress.fetch(other.origin)).rejects.toMatchObject(TLS_FAILED);
  });

  it('needs a trusted authority in the modes full and certificate, and a matching name only in mode full', async () => {
    const { origin } = await secureServer(otherServer);
    const withMode = (
      verificationMode: 'full' | 'certificate',
      certificateAuthoritiesData?: string,
    ) => egress(hostSettings(origin, { verificationMode, certificateAuthoritiesData }));
    await expect(withMode('full', authority).fetch(origin)).rejects.toMatchObject(TLS_FAILED);
    expect(await bodyOf(withMode('certificate', authority).fetch(origin))).toBe('secret');
    await expect(withMode('certificate').fetch(origin)).rejects.toMatchObject(TLS_FAILED);
  });

  it('accepts any certificate in mode none, but only for the host with that mode', async () => {
    const lax = await secureServer(otherServer);
    const strict = await secureServer();
    const anEgress = egress(hostSettings(lax.origin, { verificationMode: 'none' }));
    expect(await bodyOf(anEgress.fetch(lax.origin))).toBe('secret');
    await expect(anEgress.fetch(strict.origin)).rejects.toMatchObject(TLS_FAILED);
  });

  it('does not reuse a connection of a call with a weaker verification mode', async () => {
    const { origin } = await secureServer();
    const anEgress = egress();
    expect(await bodyOf(anEgress.fetch(origin, { verificationMode: 'none' }))).toBe('secret');
    await expect(anEgress.fetch(origin)).rejects.toMatchObject(TLS_FAILED);
  });
});

describe('client certificates', () => {
  const mutual = { ...server, ca: authority, requestCert: true, rejectUnauthorized: true };
  const clientCertificate = { certificate: client.cert, key: client.key };

  it('F74: are presented for the call that has one, and not for later calls', async () => {
    const { origin, seen } = await secureServer(mutual);
    const anEgress = egress(hostSettings(origin, { certificateAuthoritiesData: authority }));
    expect(await bodyOf(anEgress.fetch(origin, { clientCertificate }))).toBe('secret');
    // The server closes the connection without a TLS alert, so only the class of the failure is
    // certain.
    await expect(anEgress.fetch(origin)).rejects.toBeInstanceOf(EgressError);
    const another = { certificate: otherServer.cert, key: otherServer.key };
    await expect(anEgress.fetch(origin, { clientCertificate: another })).rejects.toBeInstanceOf(
      EgressError,
    );
    expect(seen).toHaveLength(1);
  });

  it.each([
    ['PEM texts', { clientCertificate }],
    ['a PFX file', { clientCertificate: { pfx: clientPfx, passphrase: 'dev-only' } }],
  ])(
    'are presented by an axios instance as %s, which also trusts the authority of the connector',
    async (_form, tls) => {
      const { origin } = await secureServer(mutual);
      const client = egress().createAxiosInstance(
        {},
        { tls: { ...tls, certificateAuthorities: authority } },
      );
      expect((await client.get(origin)).data).toBe('secret');
    },
  );

  it('C45: are not presented to the target of a redirect on another origin', async () => {
    const subjects: unknown[] = [];
    const asks = { ...server, ca: authority, requestCert: true, rejectUnauthorized: false };
    const foreign = await startServer((_request, response) => {
      subjects.push((response.socket as TLSSocket).getPeerCertificate().subject);
      response.end('foreign');
    }, asks);
    const mine = await startServer((_request, response) => {
      response.writeHead(302, { location: foreign.origin }).end();
    }, mutual);
    running.push(foreign, mine);
    const anEgress = egress(
      hostSettings(foreign.origin, { certificateAuthoritiesData: authority }),
    );
    const client = anEgress.createAxiosInstance(
      {},
      { tls: { clientCertificate, certificateAuthorities: authority } },
    );
    expect((await client.get(mine.origin)).data).toBe('foreign');
    expect(subjects).toEqual([undefined]);
  });

  it('make the call fail, not the process, when they cannot be read', async () => {
    const { origin } = await secureServer(mutual);
    const broken = { certificate: 'no PEM', key: 'no PEM' };
    const client = egress().createAxiosInstance(
      {},
      { tls: { clientCertificate: broken, certificateAuthorities: authority } },
    );
    await expect(client.get(origin)).rejects.toMatchObject({ cause: expect.any(EgressError) });
  });
});
