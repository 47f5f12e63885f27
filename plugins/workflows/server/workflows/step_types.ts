import type { ActionsStart } from '@latchkey/actions-plugin/server';
import {
  type ConnectorAction,
  compileWorkflow,
  StepRegistry,
  type WorkflowProgram,
} from '@latchkey/workflow-language';
import { LRUCache } from 'lru-cache';
import {
  type DocumentOwner,
  DocumentReader,
  type DocumentReaderOptions,
} from './document_reader.ts';

/** Maximum number of compiled programs that are kept. Compiling takes longer than a short run. */
const KEPT_PROGRAMS = 200;
/** Maximum characters of YAML of all kept programs. */
const KEPT_CHARACTERS = 10_000_000;

/**
 * The step types of this server, and compiled programs of workflows. The types are determined when
 * they are first needed, because a server without workflows does not need their JSON schemas.
 */
export class StepTypes {
  /** Reads and checks YAML with these step types. */
  readonly documents: DocumentReader;
  readonly #connectorTypes: ActionsStart['connectorTypes'];
  readonly #programs = new LRUCache<string, WorkflowProgram>({
    max: KEPT_PROGRAMS,
    maxSize: KEPT_CHARACTERS,
    sizeCalculation: (_, yaml) => yaml.length + 1,
  });
  #actions: readonly ConnectorAction[] | undefined;
  #registry: StepRegistry | undefined;

  /** @param limits time to read a text; default: that of {@link DocumentReader} */
  constructor(
    connectorTypes: ActionsStart['connectorTypes'],
    limits: Pick<DocumentReaderOptions, 'limitMs'> = {},
  ) {
    this.#connectorTypes = connectorTypes;
    this.documents = new DocumentReader({
      ...limits,
      actions: () => this.#connectorActions(),
      registry: () => this.registry,
    });
  }

  get registry(): StepRegistry {
    this.#registry ??= new StepRegistry(this.#connectorActions());
    return this.#registry;
  }

  /**
   * Compiles YAML. Connectors are not checked here, because a run looks them up when a step needs
   * one.
   * @returns `undefined`: the YAML has errors
   * @throws WorkflowError `workflow_too_complex`, `too_many_yaml_checks`, unless the caller is in
   *   the background; Error in the background if the server could not read the YAML
   */
  async program(yaml: string, owner: DocumentOwner): Promise<WorkflowProgram | undefined> {
    const kept = this.#programs.get(yaml);
    if (kept !== undefined) return kept;
    const analyzed = await this.documents.analyze(yaml, {}, owner);
    if (analyzed === undefined || !analyzed.valid) return undefined;
    const program = compileWorkflow(analyzed.document, this.registry);
    this.#programs.set(yaml, program);
    return program;
  }

  #connectorActions(): readonly ConnectorAction[] {
    const { list, get } = this.#connectorTypes;
    this.#actions ??= list({ featureId: 'workflows' }).flatMap(({ id, name }) =>
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
    return this.#actions;
  }
}
