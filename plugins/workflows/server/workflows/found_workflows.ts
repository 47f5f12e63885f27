import type { Principal } from '@latchkey/core/server';
import { measureJson } from '@latchkey/workflow-engine';
import type { ScheduleTasks } from '../schedules/index.ts';
import type { CurrentValidity } from './current_validity.ts';
import type { ListedWorkflow } from './stored_workflow.ts';
import { toListed } from './workflow_body.ts';
import type { WorkflowService } from './workflow_service.ts';

/** Maximum number of workflows in memory at the same time, each with up to 1 MB of YAML. */
const WORKFLOWS_PER_READ = 10;
/**
 * Maximum characters of YAML that one request checks. Beyond it, `valid` is the value of the last
 * save.
 */
const MAX_CHECKED_LENGTH = 1_000_000;
/** Maximum characters of all YAML and values in one response. */
const MAX_LENGTH = 8_000_000;

/** Maximum number of workflows without YAML in memory at the same time. */
const LISTED_PER_READ = 100;

/** The workflows that a request names, and the members that it needs. */
interface Wanted {
  readonly ids: readonly string[];
  /** `false`: neither the YAML nor its parsed value is needed. */
  readonly hasTexts: boolean;
  /** `false`: the parsed values of the YAML are not needed. */
  readonly hasDefinitions: boolean;
}

/** Objects that {@link findWorkflows} uses. */
export interface FindDeps {
  readonly workflows: Pick<WorkflowService, 'getMany' | 'getManyListed' | 'read'>;
  readonly schedules: Pick<ScheduleTasks, 'tasksOf'>;
  readonly validity: Pick<CurrentValidity, 'of'>;
}

/** A workflow of the response. YAML and parsed value are absent when the response is full. */
export type FoundWorkflow = ReturnType<typeof toListed> & {
  readonly yaml?: string;
  readonly definition?: unknown;
};

/**
 * Finds workflows by their ids, in the order of the ids. The workflow that would make the response
 * too large, and all after it, are returned without YAML and parsed value, and their YAML is not
 * read.
 * @throws WorkflowError `too_many_yaml_checks`
 */
export async function findWorkflows(
  { workflows, schedules, validity }: FindDeps,
  principal: Principal,
  { ids, hasTexts, hasDefinitions }: Wanted,
): Promise<readonly FoundWorkflow[]> {
  const found: FoundWorkflow[] = [];
  let read = 0;
  const validNow = async <W extends ListedWorkflow>(part: readonly W[]): Promise<readonly W[]> => {
    const current = read < MAX_CHECKED_LENGTH ? await validity.of(principal, part) : part;
    read += part.reduce((sum, { revision }) => sum + revision.yamlLength, 0);
    return current;
  };
  let left = hasTexts ? MAX_LENGTH : -1;
  let from = 0;
  while (from < ids.length) {
    const part = ids.slice(from, from + (left < 0 ? LISTED_PER_READ : WORKFLOWS_PER_READ));
    from += part.length;
    if (left < 0) {
      const listed = await workflows.getManyListed(principal, part);
      const current = await validNow(listed);
      const tasks = await schedules.tasksOf(current);
      found.push(...current.map((each) => toListed(each, tasks)));
      continue;
    }
    const all = await workflows.getMany(principal, part);
    const stored = await validNow(all);
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
