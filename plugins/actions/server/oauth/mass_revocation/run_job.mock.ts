import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMassRevocationFixture } from './mass_revocation.mock.ts';

/**
 * A server process that works on one run: `node end_run.mock.ts FOLDER RUN [POINT COUNT]`. Every grant that it ends and every token that it revokes is a line
 * of `FOLDER/NAME.log`; at the COUNTth time at POINT it is killed as a machine would.
 */
const [folder = '', runId = '', name = '', point = '', count = '0'] = process.argv.slice(2);
const fixture = await createMassRevocationFixture(folder);
fixture.connectors.put('drive');
let seen = 0;
const server = fixture.server({
  checkpoint: async (reached) => {
    if (reached !== point) return;
    seen += 1;
    if (seen === Number(count)) process.kill(process.pid, 'SIGKILL');
  },
});
const log = (line: string) => appendFileSync(join(folder, `${name}.log`), `${line}\n`);
fixture.provider.beforeRevoke = async (token) => log(`revoke ${token}`);
const push = server.events.push.bind(server.events);
server.events.push = (...events) => {
  for (const event of events) if (event.type === 'ended') log(`end ${event.profileUid}`);
  return push(...events);
};
process.stdout.write('ready\n');
await server.revocationJobs.workOn(runId, new AbortController().signal);
const { run, counts } = await server.revocationJobs.get(runId);
process.stdout.write(
  `${JSON.stringify({ state: run.state, isSettled: run.isSettled, ...counts })}\n`,
);
await fixture.close();
