import type { TextRenderer } from '@latchkey/workflow-engine';
import type { TemplateContext, WorkflowProgram } from '@latchkey/workflow-language';
import { MAX_GROUP_KEY, type RunAttributes } from '../store/run_types.ts';
import { concurrencyGroupId } from './concurrency_groups.ts';
import type { NewRun } from './new_run.ts';
import { startContext } from './start_context.ts';
import { templateFault } from './template_fault.ts';

/** The concurrency group of a run, and the rendered key of the group. */
interface RunGroup {
  readonly concurrency: NonNullable<RunAttributes['concurrency']>;
  readonly concurrencyGroupKey?: string;
}

/**
 * Concurrency group of a new run. `undefined`: no group limits the run. Tests have none, nor do
 * runs with an empty key.
 */
export async function groupOfRun(
  program: WorkflowProgram,
  request: NewRun & { readonly id: string },
  { texts, now }: { readonly texts: () => TextRenderer; readonly now: () => Date },
): Promise<RunGroup | undefined> {
  const { settings } = program;
  const { spaceId, workflowId, isTestRun, isDryRun, inputs } = request;
  // Tests and dry runs must not end or delay real runs.
  const isTrial = isTestRun || isDryRun === true;
  if (settings.concurrency === undefined || workflowId === undefined || isTrial) return undefined;
  const { key, ...policy } = settings.concurrency;
  const known = startContext(program, request, now());
  const context = { ...known, inputs, event: { ...request.event, inputs, spaceId } };
  const rendered = key === undefined ? undefined : await renderedKey(texts(), key, context);
  if (rendered === '') return undefined;
  const groupId = concurrencyGroupId({ spaceId, workflowId }, rendered);
  const isShown = rendered !== undefined && rendered.length <= MAX_GROUP_KEY;
  return {
    concurrency: { groupId, ...policy },
    ...(isShown ? { concurrencyGroupKey: rendered } : {}),
  };
}

/**
 * Renders the key of a concurrency group. If the template fails, the key is the text of the
 * template.
 */
async function renderedKey(
  texts: TextRenderer,
  key: string,
  context: TemplateContext,
): Promise<string> {
  try {
    const value = await texts.values(key, context);
    return value === null || value === undefined ? '' : String(value).trim();
  } catch (error) {
    if (templateFault(error) !== undefined) return key;
    throw error;
  }
}
