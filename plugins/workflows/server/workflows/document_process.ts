// Entry file of the processes that DocumentReader starts. Node runs this file directly, without a
// build.
import { serveRequests } from '@latchkey/workflow-engine';
import { type ConnectorAction, StepRegistry } from '@latchkey/workflow-language';
import { type DocumentRequest, type DocumentResult, workOn } from './document_work.ts';

serveRequests<DocumentRequest, DocumentResult, readonly ConnectorAction[]>((actions) => {
  const registry = new StepRegistry(actions);
  return (request) => ({ kind: 'result', result: workOn(request, () => registry) });
});
