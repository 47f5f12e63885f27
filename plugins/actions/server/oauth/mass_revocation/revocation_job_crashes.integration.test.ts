import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { aPrincipal } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createMassRevocationFixture,
  type MassRevocationFixture,
  type RevocationProcess,
} from './mass_revocation.mock.ts';

const PROGRAM = fileURLToPath(new URL('./run_job.mock.ts', import.meta.url));
/** Number of users. Their grants fill one page and a part of a second page. */
const USERS = 130;

let folder: string;
let fixture: MassRevocationFixture;
let server: RevocationProcess;
let children: ChildProcess[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-revocation-'));
  fixture = await createMassRevocationFixture(folder);
  server = fixture.server();
  fixture.connectors.put('drive');
  children = [];
  const users = Array.from({ length: USERS }, (_, user) => `u_${user}`);
  await Promise.all(users.map((user) => fixture.connect(server, 'drive', user)));
  await fixture.clock.advance(1000);
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await fixture.close();
  await rm(folder, { recursive: true });
});

const start = async () => {
  const how = { reason: 'mass_revoke', actor: aPrincipal() } as const;
  return (await server.revocationJobs.startJob({ type: 'connector', connectorId: 'drive' }, how))
    .id;
};

/**
 * Starts a process and waits until it exits. Resolves to the job that it printed, or to `undefined`
 * if it was killed.
 */
async function work(...args: readonly string[]): Promise<Record<string, unknown> | undefined> {
  const child = spawn(process.execPath, [PROGRAM, folder, ...args], {
    env: { ...process.env, NODE_OPTIONS: '--no-warnings' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  const [, result] = output.split('\n');
  return result ? JSON.parse(result) : undefined;
}

const linesOf = (name: string): readonly string[] => {
  const file = join(folder, `${name}.log`);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
};

describe('a process that works on a job', () => {
  it.each([
    ['page_planned', '2'],
    ['page_ended', '2'],
  ])(
    'F81, H115: is killed at %s, and another continues its job without ending a grant twice or missing one',
    async (point, count) => {
      const id = await start();
      expect(await work(id, 'killed', point, count)).toBeUndefined();
      const before = await server.revocationJobs.get(id);
      expect(before.job.state).toBe('running');
      expect(before.counts.ended).toBe(100);
      expect(await work(id, 'next')).toEqual({
        state: 'completed',
        isSettled: true,
        total: USERS,
        ended: USERS,
        failed: 0,
        revocation: { revoked: USERS, waiting: 0, failed: 0, unsupported: 0, replaced: 0 },
      });
      const ended = [...linesOf('killed'), ...linesOf('next')].filter((l) => l.startsWith('end '));
      expect(ended).toHaveLength(USERS);
      expect(new Set(ended).size).toBe(USERS);
      const revoked = linesOf('next').filter((line) => line.startsWith('revoke '));
      expect(new Set(revoked).size).toBe(2 * USERS);
      for await (const batch of server.store.iterate({ connectorId: 'drive' }))
        expect(batch).toEqual([]);
    },
  );

  it('F81: ends each grant once when a second process works on the same job', async () => {
    const id = await start();
    await Promise.all([work(id, 'one'), work(id, 'two')]);
    const { job, counts } = await server.revocationJobs.get(id);
    expect([job.state, counts.ended, counts.revocation.revoked]).toEqual([
      'completed',
      USERS,
      USERS,
    ]);
    const ended = ['one', 'two'].flatMap(linesOf).filter((l) => l.startsWith('end '));
    expect(ended).toHaveLength(USERS);
  });
});
