import { openEndingStand } from './ending_stand.ts';
import type { StoreAddress } from './store_address.ts';

/** What a process that ends grants is told. */
export interface EndingProcessOrder {
  readonly store: StoreAddress;
  readonly revocationEndpoint: string;
  readonly aheadMs: number;
  /** Whether the connector is gone. */
  readonly isDeleted: boolean;
  /** `delete`: what a request does that deletes the connector. Else the run to work on, as a task does. */
  readonly work: 'delete' | { readonly runId: string };
}

/** One line of JSON that such a process prints. */
export type EndingProcessReport =
  | { readonly type: 'begun'; readonly runId: string }
  /** So many pages were ended by this process. */
  | { readonly type: 'page'; readonly page: number }
  | { readonly type: 'done' };

/** One write call per line, so that lines survive a kill. */
const tell = (report: EndingProcessReport): void => {
  process.stdout.write(`${JSON.stringify(report)}\n`);
};

const { work, ...order } = JSON.parse(String(process.argv[2])) as EndingProcessOrder;
let pages = 0;
const { connector, connectorEndings, endings, close } = await openEndingStand({
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
  const prepared = await connectorEndings.prepare({ connector, reason, actor: undefined });
  runId = prepared.id;
  tell({ type: 'begun', runId });
  await connectorEndings.begin(prepared);
} else {
  runId = work.runId;
  tell({ type: 'begun', runId });
}
const forever = new AbortController().signal;
while ((await endings.workOn(runId, forever)) !== undefined);
tell({ type: 'done' });
await close();
