import type { ActionsStart } from '@latchkey/actions-plugin/server';
import {
  compileWorkflow,
  StepRegistry,
  validateWorkflow,
  type WorkflowProgram,
} from '@latchkey/workflow-language';
import { LRUCache } from 'lru-cache';

/** Programs that are kept: compiling takes longer than a short run. */
const KEPT_PROGRAMS = 200;
/** Characters of YAML of all kept programs. */
const KEPT_CHARACTERS = 10_000_000;

/** The step types of this server, and the programs that use them. */
export class StepTypes {
  readonly registry: StepRegistry;
  readonly #programs = new LRUCache<string, WorkflowProgram>({
    max: KEPT_PROGRAMS,
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: (_, yaml) => yaml.length + 1,
  });

  constructor({ list, get }: ActionsStart['connectorTypes']) {
    const actions = list({ featureId: 'workflows' }).flatMap(({ id, name }) =>
      (get(id)?.actions ?? []).map((action) => ({
        connectorTypeId: id,
        connectorTypeName: name,
        name: action.name,
        description: action.description,
        scope: action.scope,
        input: action.input,
        ...(action.output === undefined ? {} : { output: action.output }),
      })),
    );
    this.registry = new StepRegistry(actions);
  }

  /**
   * Compiles YAML. Connectors are not checked: a run reads them when a step needs one.
   * @returns undefined: the YAML has errors
   */
  program(yaml: string): WorkflowProgram | undefined {
    const kept = this.#programs.get(yaml);
    if (kept !== undefined) return kept;
    const { registry } = this;
    const { valid, document } = validateWorkflow(yaml, { registry });
    if (!valid) return undefined;
    const program = compileWorkflow(document, registry);
    this.#programs.set(yaml, program);
    return program;
  }
}
