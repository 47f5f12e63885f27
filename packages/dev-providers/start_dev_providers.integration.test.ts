import { afterEach, describe, expect, it } from 'vitest';
import { walkConsent } from './browser/index.ts';
import { devServerSettings } from './dev_server_settings.ts';
import { startEars } from './ears/index.ts';
import { startGoogle } from './google/index.ts';
import { startDevProviders } from './start_dev_providers.ts';
import {
  aPkcePair,
  CALLBACK,
  callWith,
  connect,
  obtainCode,
  tokenCall,
} from './test_client.mock.ts';

const anyPort = { port: 0 };
const SCOPE = 'https://www.googleapis.com/auth/drive.readonly';
const running: { stop(): Promise<void> }[] = [];
const keep = <T extends { stop(): Promise<void> }>(emulator: T): T => {
  running.push(emulator);
  return emulator;
};
afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.stop()));
});

/** A clock that only the test advances. */
function aClock() {
  let ms = Date.parse('2030-01-01T00:00:00Z');
  return {
    now: () => new Date(ms),
    advanceSeconds: (seconds: number) => {
      ms += seconds * 1000;
    },
  };
}

describe('the development providers', () => {
  it('all start, and can be stopped more than once', async () => {
    const world = await startDevProviders({ google: anyPort, ears: anyPort, strict: anyPort });
    await Promise.all([world.stop(), world.stop()]);
    await expect(fetch(world.google.origin)).rejects.toThrow();
    await expect(fetch(world.ears.origin)).rejects.toThrow();
    await expect(fetch(world.strict.origin)).rejects.toThrow();
  });

  it('are all stopped when the port of one is taken', async () => {
    const blocker = keep(await startGoogle(anyPort));
    const google = keep(await startGoogle(anyPort));
    await google.stop();
    const port = Number(new URL(google.origin).port);
    const taken = Number(new URL(blocker.origin).port);
    const world = startDevProviders({ google: { port }, strict: anyPort, ears: { port: taken } });
    await expect(world).rejects.toThrow(/EARS provider cannot listen .* the port is taken/);
    await expect(fetch(google.origin)).rejects.toThrow();
  });

  it('redirect users to a public origin only when it is listed', async () => {
    const world = keep(
      await startDevProviders({
        google: anyPort,
        ears: anyPort,
        strict: anyPort,
        publicCallbackOrigins: ['https://connectors.example'],
      }),
    );
    const start = (callback: string) => {
      const query = new URLSearchParams({
        callback_uri: callback,
        state: 's',
        pkce_challenge: aPkcePair().challenge,
        pkce_method: 'S256',
        scope: SCOPE,
      });
      return fetch(`${world.ears.origin}/v1/google/oauth/authorize?${query}`, {
        redirect: 'manual',
      });
    };
    expect((await start('https://connectors.example/cb')).status).toBe(302);
    expect((await start('https://connectors.example.evil.test/cb')).status).toBe(400);
  });
});

describe('the settings for the development providers', () => {
  it('map every Google host to the emulator and contain the address of the local EARS', () => {
    const settings = devServerSettings({
      google: { origin: 'http://127.0.0.1:4010' },
      ears: { origin: 'http://127.0.0.1:4020' },
    });
    expect(settings['xpack.actions.auth.ears.url']).toBe('http://127.0.0.1:4020');
    expect(settings['xpack.actions.dev.hostOverrides']).toMatchObject({
      'https://accounts.google.com': 'http://127.0.0.1:4010',
      'https://oauth2.googleapis.com': 'http://127.0.0.1:4010',
      'https://www.googleapis.com': 'http://127.0.0.1:4010',
    });
  });
});

describe('the clock of the development providers', () => {
  it('expires Google’s access tokens and codes', async () => {
    const clock = aClock();
    const google = keep(await startGoogle({ port: 0, now: clock.now }));
    const { clientId, clientSecret } = google.client;
    const client = { ...google, clientId, clientSecret, scope: SCOPE };
    google.settings.accessTokenLifetimeSeconds = 60;
    const { access_token: token, expires_in: lifetime } = await connect(client, 'ana');
    expect(lifetime).toBe(60);
    const files = () => callWith(`${google.origin}/drive/v3/files`, token);
    clock.advanceSeconds(59);
    expect((await files()).status).toBe(200);
    clock.advanceSeconds(1);
    expect((await files()).status).toBe(401);
    const { code, verifier } = await obtainCode(client, 'ana');
    clock.advanceSeconds(601);
    const late = await tokenCall(client, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK,
      code_verifier: verifier,
    });
    expect(await late.json()).toMatchObject({ error: 'invalid_grant' });
  });

  it.each([
    [59, 200],
    [61, 400],
  ])(
    'makes EARS respond to a code that is used after %i seconds with the status %i',
    async (seconds, status) => {
      const clock = aClock();
      const world = keep(
        await startDevProviders({ google: anyPort, ears: anyPort, strict: anyPort }),
      );
      const { clientId, clientSecret } = world.google.client;
      const google = {
        ...world.google,
        clientId,
        clientSecret,
        authorizationParams: { access_type: 'offline' },
        refreshTokenLifetimeSeconds: 1000,
      };
      const ears = keep(await startEars({ port: 0, now: clock.now, providers: { google } }));
      const { verifier, challenge } = aPkcePair();
      const query = new URLSearchParams({
        callback_uri: CALLBACK,
        state: 's',
        pkce_challenge: challenge,
        pkce_method: 'S256',
        scope: SCOPE,
      });
      const start = `${ears.origin}/v1/google/oauth/authorize?${query}`;
      const callback = await walkConsent(start, { as: 'ana', stopAtOrigin: CALLBACK });
      clock.advanceSeconds(seconds);
      const response = await fetch(`${ears.origin}/v1/google/oauth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code: callback.searchParams.get('code'), pkce_verifier: verifier }),
      });
      expect(response.status).toBe(status);
    },
  );
});
