import type { Principal } from '@latchkey/core/server';
import { measureJson } from '@latchkey/workflow-engine';
import type { ScheduleTasks } from '../schedules/index.ts';
import type { CurrentValidity } from './current_validity.ts';
import { toListed } from './workflow_body.ts';
import type { WorkflowService } from './workflow_service.ts';

/** Workflows that are in memory at once, each with a YAML of up to 1 MB. */
const WORKFLOWS_PER_READ = 10;
/** Characters of YAML after which `valid` is as of the last save. */
const MAX_CHECKED_LENGTH = 1_000_000;
/** Characters of all YAML and values of one response. */
const MAX_LENGTH = 8_000_000;

/** Workflows that a request names. */
interface Wanted {
  readonly ids: readonly string[];
  /** False: the values of the YAML are not needed. */
  readonly hasDefinitions: boolean;
}

/** Objects that {@link findWorkflows} uses. */
export interface FindDeps {
  readonly workflows: Pick<WorkflowService, 'getMany' | 'read'>;
  readonly schedules: Pick<ScheduleTasks, 'tasksOf'>;
  readonly validity: Pick<CurrentValidity, 'of'>;
}

/** A workflow. Without the YAML and its value, when the response is full. */
export type FoundWorkflow = ReturnType<typeof toListed> & {
  readonly yaml?: string;
  readonly definition?: unknown;
};

/**
 * Workflows with ids, in their order. The one with which the response would be too large and all
 * after it are without YAML and value.
 * @throws WorkflowError `too_many_yaml_checks`
 */
export async function findWorkflows(
  { workflows, schedules, validity }: FindDeps,
  principal: Principal,
  { ids, hasDefinitions }: Wanted,
): Promise<readonly FoundWorkflow[]> {
  const found: FoundWorkflow[] = [];
  let left = MAX_LENGTH;
  let read = 0;
  for (let from = 0; from < ids.length; from += WORKFLOWS_PER_READ) {
    const part = ids.slice(from, from + WORKFLOWS_PER_READ);
    const all = await workflows.getMany(principal, part);
    const stored = read < MAX_CHECKED_LENGTH ? await validity.of(principal, all) : all;
    read += all.reduce((sum, { yaml }) => sum + yaml.length, 0);
    const tasks = await schedules.tasksOf(stored);
    for (const each of stored) {
      const { yaml } = each;
      const listed = toListed(each, tasks);
      left -= yaml.length;
      const definition =
        left >= 0 && hasDefinitions ? await workflows.read(principal, yaml) : undefined;
      if (definition !== undefined)
        left -= measureJson(definition, { characters: left }).characters;
      found.push(left < 0 ? listed : { ...listed, yaml, definition });
    }
  }
  return found;
}
