import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMassRevocationFixture } from './mass_revocation.mock.ts';

/**
 * A server process that works on one job: `node run_job.mock.ts FOLDER JOB NAME [POINT COUNT]`.
 * Appends one line to `FOLDER/NAME.log` for every grant that it ends and every token that it
 * revokes. Kills itself with SIGKILL when it reaches the checkpoint POINT for the COUNTth time.
 */
const [folder = '', jobId = '', name = '', point = '', count = '0'] = process.argv.slice(2);
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
await server.revocationJobs.workOn(jobId, new AbortController().signal);
const { job, counts } = await server.revocationJobs.get(jobId);
process.stdout.write(
  `${JSON.stringify({ state: job.state, isSettled: job.isSettled, ...counts })}\n`,
);
await fixture.close();
