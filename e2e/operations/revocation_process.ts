import { openRevocationLoad } from './revocation_load.ts';
import type { StoreAddress } from './store_address.ts';

/** What a process that ends grants is told. */
export interface RevocationProcessOrder {
  readonly store: StoreAddress;
  readonly revocationEndpoint: string;
  readonly aheadMs: number;
  /** Whether the connector is gone. */
  readonly isDeleted: boolean;
  /** `delete`: what a request does that deletes the connector. Else the run to work on, as a task does. */
  readonly work: 'delete' | { readonly runId: string };
}

/** One line of JSON that such a process prints. */
export type RevocationProcessReport =
  | { readonly type: 'begun'; readonly runId: string }
  /** So many pages were ended by this process. */
  | { readonly type: 'page'; readonly page: number }
  | { readonly type: 'done' };

/** One write call per line, so that lines survive a kill. */
const tell = (report: RevocationProcessReport): void => {
  process.stdout.write(`${JSON.stringify(report)}\n`);
};

const { work, ...order } = JSON.parse(String(process.argv[2])) as RevocationProcessOrder;
let pages = 0;
const { connector, connectorRevocation, revocationJobs, close } = await openRevocationLoad({
  ...order,
  checkpoint: async (point) => {
    if (point !== 'page_ended') return;
    pages += 1;
    tell({ type: 'page', page: pages });
  },
});
let runId: string;
if (work === 'delete') {
  const reason = 'connector_deleted';
  const prepared = await connectorRevocation.prepare({ connector, reason, actor: undefined });
  runId = prepared.id;
  tell({ type: 'begun', runId });
  await connectorRevocation.begin(prepared);
} else {
  runId = work.runId;
  tell({ type: 'begun', runId });
}
const forever = new AbortController().signal;
while ((await revocationJobs.workOn(runId, forever)) !== undefined);
tell({ type: 'done' });
await close();
