// The thread of DocumentReader. Node runs this file itself, without a build.
import { workerData } from 'node:worker_threads';
import { serveRequests } from '@latchkey/workflow-engine';
import { type ConnectorAction, StepRegistry } from '@latchkey/workflow-language';
import { type DocumentRequest, type DocumentResult, workOn } from './document_work.ts';

/** Set by DocumentReader. */
const actions: readonly ConnectorAction[] = workerData;
const registry = new StepRegistry(actions);

serveRequests<DocumentRequest, DocumentResult>((request) => ({
  kind: 'result',
  result: workOn(request, registry),
}));
