import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { StoreLocation } from '@latchkey/test-environment';
import { aConnector, openRevocationLoad } from '@latchkey/test-stack';

/** Arguments of a process that revokes grants. */
export interface RevocationProcessOrder {
  readonly location: StoreLocation;
  readonly revocationEndpoint: string;
  readonly connectorId: string;
  readonly aheadMs: number;
  /** `true`: the connector was deleted. */
  readonly isDeleted: boolean;
  /**
   * `delete`: prepares and starts the job, as the request that deletes the connector does.
   * Otherwise: continues this job, as a task does.
   */
  readonly work: 'delete' | { readonly jobId: string };
  /** `true`: waits for a line of standard input after each page. */
  readonly isStepped: boolean;
}

/** One line of JSON that the process prints. */
export type RevocationProcessReport =
  | { readonly type: 'begun'; readonly jobId: string }
  /** Number of pages that this process has finished. */
  | { readonly type: 'page'; readonly page: number }
  | { readonly type: 'done' };

/** Prints each line with one call, so that the complete lines survive a kill. */
const print = (report: RevocationProcessReport): void => {
  process.stdout.write(`${JSON.stringify(report)}\n`);
};

const { work, connectorId, isStepped, ...order } = JSON.parse(
  String(process.argv[2]),
) as RevocationProcessOrder;
const commands = createInterface({ input: process.stdin });
let pages = 0;
const { connectorRevocation, revocationJobs, close } = await openRevocationLoad({
  ...order,
  checkpoint: async (point) => {
    if (point !== 'page_ended') return;
    pages += 1;
    const mayContinue = isStepped ? once(commands, 'line') : undefined;
    print({ type: 'page', page: pages });
    await mayContinue;
  },
});
let jobId: string;
if (work === 'delete') {
  const reason = 'connector_deleted';
  const connector = aConnector(connectorId);
  const prepared = await connectorRevocation.prepare({ connector, reason, actor: undefined });
  jobId = prepared.id;
  print({ type: 'begun', jobId });
  await connectorRevocation.commit(prepared);
} else {
  jobId = work.jobId;
  print({ type: 'begun', jobId });
}
const forever = new AbortController().signal;
while ((await revocationJobs.workOn(jobId, forever)) !== undefined);
print({ type: 'done' });
await close();
// The pipe would keep the process alive.
process.stdin.destroy();
