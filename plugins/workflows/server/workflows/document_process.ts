// The process of DocumentReader. Node runs this file itself, without a build.
import { serveRequests } from '@latchkey/workflow-engine';
import { type ConnectorAction, StepRegistry } from '@latchkey/workflow-language';
import { type DocumentRequest, type DocumentResult, workOn } from './document_work.ts';

serveRequests<DocumentRequest, DocumentResult, readonly ConnectorAction[]>((actions) => {
  const registry = new StepRegistry(actions);
  return (request) => ({ kind: 'result', result: workOn(request, registry) });
});
