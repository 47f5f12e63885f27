import type { TemplateContext, WorkflowProgram } from '@latchkey/workflow-language';
import type { NewRun } from './new_run.ts';

/**
 * Values that templates can read before a run begins: defaults of inputs, and the key of a
 * concurrency group.
 */
export function startContext(
  { name, consts }: Pick<WorkflowProgram, 'name' | 'consts'>,
  request: NewRun & { readonly id: string },
  now: Date,
): TemplateContext {
  const { id, spaceId, workflowId, isTestRun, event, metadata } = request;
  return {
    consts,
    event: { ...event, spaceId },
    workflow: {
      ...(workflowId === undefined ? {} : { id: workflowId }),
      name,
      enabled: true,
      spaceId,
    },
    execution: {
      id,
      isTestRun,
      executedBy: request.user.username,
      triggeredBy: request.triggeredBy,
      compositionDepth: request.parent?.depth ?? 0,
    },
    ...(metadata === undefined ? {} : { metadata }),
    now,
  };
}
