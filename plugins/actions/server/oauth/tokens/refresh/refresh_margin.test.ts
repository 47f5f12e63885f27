import { waitUntil } from '@latchkey/core/server/wait_until';
import { OAuthError } from '@latchkey/oauth-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aConnector } from '../rotating_provider.mock.ts';
import {
  createTokenFixture,
  refusingWrites,
  type TokenFixture,
  type TokenProcess,
} from '../tokens.mock.ts';

const HOUR_MS = 3_600_000;
const connector = aConnector();
const ana = { connector, profileUid: 'u_ana' };

let fixture: TokenFixture;

let storeRefuses = false;

beforeEach(async () => {
  storeRefuses = false;
  fixture = await createTokenFixture({
    wrapStore: (inner) => refusingWrites(inner, () => storeRefuses),
  });
});
afterEach(() => fixture.close());

async function connect(process: TokenProcess): Promise<void> {
  const client = fixture.provider.client();
  const grant = fixture.provider.authorize();
  await process.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
}

async function statusOf(process: TokenProcess): Promise<string | undefined> {
  const connections = await process.connections.ofUser('u_ana', [connector]);
  return connections.get(connector.id)?.status;
}

const refused = (): OAuthError =>
  new OAuthError('invalid_grant', 'reauthorize', 'Not before the token has expired.', {
    status: 400,
  });

describe('a token that expires soon', () => {
  it('G106: is served during its refresh, however long the provider takes', async () => {
    const process = fixture.process();
    await connect(process);
    const before = await process.tokens.getToken(ana);
    await fixture.clock.advance(HOUR_MS - 30_000);
    let response = (): void => undefined;
    fixture.provider.before = () =>
      new Promise((resolve) => {
        response = resolve;
      });
    for (let i = 0; i < 3; i += 1) {
      const meanwhile = await process.tokens.getToken(ana);
      expect(meanwhile.fingerprint).toBe(before.fingerprint);
    }
    // A caller in another process gets the stored token, and does not wait for the refresh.
    const elsewhere = await fixture.process().tokens.getToken(ana);
    expect(elsewhere.fingerprint).toBe(before.fingerprint);
    await until(() => fixture.provider.refreshes === 1);
    response();
    await process.refresher.drain(60_000);
    const after = await process.tokens.getToken(ana);
    expect(after.fingerprint).not.toBe(before.fingerprint);
    expect(fixture.provider.refreshes).toBe(1);
  });

  it('is not served if it would expire before it is used', async () => {
    const process = fixture.process();
    await connect(process);
    const before = await process.tokens.getToken(ana);
    await fixture.clock.advance(HOUR_MS - 5_000);
    const after = await process.tokens.getToken(ana);
    expect(after.fingerprint).not.toBe(before.fingerprint);
  });

  it('G99: is refreshed only within the margin of a provider that refuses early refreshes', async () => {
    const process = fixture.process({ client: { refreshMarginSeconds: 30 } });
    await connect(process);
    await fixture.clock.advance(HOUR_MS - 31_000);
    const early = await process.tokens.getToken(ana);
    await process.refresher.drain(60_000);
    expect(fixture.provider.refreshes).toBe(0);
    await fixture.clock.advance(2_000);
    await process.tokens.getToken(ana);
    await process.refresher.drain(60_000);
    expect(fixture.provider.refreshes).toBe(1);
    const due = await process.tokens.getToken(ana);
    expect(due.fingerprint).not.toBe(early.fingerprint);
  });

  it('G99: is served after an early refresh was refused, and refreshed when it expires', async () => {
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS - 30_000);
    fixture.provider.before = () => Promise.reject(refused());
    const early = await process.tokens.getToken(ana);
    await process.refresher.drain(60_000);
    await fixture.clock.advance(10_000);
    expect(await process.tokens.getToken(ana)).toMatchObject({ fingerprint: early.fingerprint });
    await process.refresher.drain(60_000);
    expect(fixture.provider.refreshes).toBe(1);
    expect(await statusOf(process)).toBe('refresh_failing');

    fixture.provider.before = async () => undefined;
    await fixture.clock.advance(20_000);
    const late = await process.tokens.getToken(ana);
    expect(late.fingerprint).not.toBe(early.fingerprint);
    expect(fixture.provider.refreshes).toBe(2);
    expect(await statusOf(process)).toBe('connected');
  });

  it('is refreshed immediately when the API rejects it, even after a refused refresh', async () => {
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS - 30_000);
    fixture.provider.revokeAll();
    const { fingerprint } = await process.tokens.getToken(ana);
    await process.refresher.drain(60_000);
    const refusal = process.tokens.replaceRejectedToken({
      ...ana,
      rejectedFingerprint: fingerprint,
    });
    await expect(refusal).rejects.toMatchObject({ reason: 'token_revoked' });
    expect(await statusOf(process)).toBe('needs_reauth');
  });

  it('G108: is served after the provider has refused an early keep-alive refresh', async () => {
    const process = fixture.process();
    await connect(process);
    const { fingerprint } = await process.tokens.getToken(ana);
    await fixture.clock.advance(HOUR_MS / 2);
    fixture.provider.before = () => Promise.reject(refused());
    await process.tokens.keepAlive(ana);
    expect(fixture.provider.refreshes).toBe(1);
    expect(await process.tokens.getToken(ana)).toMatchObject({ fingerprint });
    expect(await statusOf(process)).toBe('refresh_failing');
  });

  it('is replaced by a new token that could not be saved yet', async () => {
    const process = fixture.process();
    await connect(process);
    const { fingerprint } = await process.tokens.getToken(ana);
    await fixture.clock.advance(HOUR_MS - 30_000);
    fixture.provider.after = async () => {
      storeRefuses = true;
    };
    await process.tokens.getToken(ana);
    await until(() => fixture.provider.refreshes === 1 && fixture.clock.sleeping > 0);
    const next = await process.tokens.getToken(ana);
    expect(next.fingerprint).not.toBe(fingerprint);
    storeRefuses = false;
    await fixture.clock.advance(10_000);
    expect(await process.tokens.getToken(ana)).toMatchObject({ fingerprint: next.fingerprint });
  });

  it('requires a new authorization when it has expired and its refresh token was revoked', async () => {
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS - 30_000);
    fixture.provider.revokeAll();
    await process.tokens.getToken(ana);
    await process.refresher.drain(60_000);
    await fixture.clock.advance(30_000);
    const reason = { reason: 'token_revoked' };
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject(reason);
    expect(await statusOf(process)).toBe('needs_reauth');
  });

  it('is served to all callers until it expires when the provider refuses the client', async () => {
    const process = fixture.process();
    await connect(process);
    const before = await process.tokens.getToken(ana);
    fixture.provider.before = () =>
      Promise.reject(
        new OAuthError('invalid_client', 'misconfigured', 'Refused.', { status: 401 }),
      );
    await fixture.clock.advance(HOUR_MS - 5_000);
    for (let i = 0; i < 3; i += 1) {
      const { fingerprint } = await process.tokens.getToken(ana);
      expect(fingerprint).toBe(before.fingerprint);
    }
    expect(fixture.provider.refreshes).toBe(1);
    await fixture.clock.advance(5_000);
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ code: 'client_rejected' });
  });
});

const until = (condition: () => boolean) => waitUntil('the refresh', condition);
