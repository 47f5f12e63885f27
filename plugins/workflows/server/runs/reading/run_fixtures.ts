import type { Principal } from '@latchkey/core/server';
import { recordFixture, type StepError, type WorkflowFixture } from '@latchkey/workflow-engine';
import { isRecord } from '@latchkey/workflow-language';
import { type StepTypes, WorkflowError } from '../../workflows/index.ts';
import { factsOf, type PublicUrls } from '../store/run_changes.ts';
import { isFinal } from '../store/run_status.ts';
import type { RunStore, StoredRun } from '../store/run_store.ts';
import type { RunAccess } from './run_access.ts';
import type { RunReader } from './run_reader.ts';

/** Dependencies of {@link RunFixtures}. */
export interface RunFixturesDeps {
  readonly store: RunStore;
  readonly reader: Pick<RunReader, 'read'>;
  readonly access: Pick<RunAccess, 'ensureMayRespond' | 'recordAction'>;
  readonly stepTypes: Pick<StepTypes, 'program'>;
  readonly urls: PublicUrls;
}

/** Exports runs as fixtures for tests of their workflows. */
export class RunFixtures {
  readonly #deps: RunFixturesDeps;

  constructor(deps: RunFixturesDeps) {
    this.#deps = deps;
  }

  /**
   * Exports a run as a fixture, for the user of the run. Only a run that its own steps have
   * completed or failed can be exported.
   * @throws WorkflowError `execution_not_found`, `execution_not_ended`, `fixture_not_possible`,
   *   `execution_of_other_user`, `execution_of_other_key`
   */
  async export(principal: Principal, id: string): Promise<WorkflowFixture> {
    const { store, reader, access, stepTypes, urls } = this.#deps;
    const run = await reader.read(principal, id);
    await access.ensureMayRespond(principal, run);
    const { status, failedStep } = run;
    if (run.isDryRun === true)
      throw notPossible(`Execution [${id}] is a dry run, which has no results of calls.`);
    if (!isFinal(status))
      throw new WorkflowError('execution_not_ended', `Execution [${id}] has not ended yet.`);
    if (status !== 'completed' && (status !== 'failed' || failedStep === undefined))
      throw notPossible(
        `Execution [${id}] was not ended by its own steps, so it cannot be exported.`,
      );
    const yaml = await store.readDefinition(run.definitionId);
    const program =
      yaml === undefined
        ? undefined
        : await stepTypes.program(yaml, { profileUid: run.profileUid });
    if (yaml === undefined || program === undefined)
      throw notPossible(`This server cannot read the workflow of execution [${id}].`);
    const [{ records }, given, { output, error = run.error }] = await Promise.all([
      store.journal.readRecords(run),
      store.readGiven(run),
      store.readResult(run),
    ]);
    access.recordAction(principal, run, 'export_fixture');
    return recordFixture({
      yaml,
      program,
      facts: factsOf(run, given, urls),
      records,
      outcome: {
        status,
        ...(isRecord(output) ? { output } : {}),
        ...(error === undefined ? {} : { error: complete(error) }),
        ...(failedStep === undefined ? {} : { failedStep }),
      },
    });
  }
}

function complete({ type, message, details }: NonNullable<StoredRun['error']>): StepError {
  return { type, message, ...(details === undefined ? {} : { details }) };
}

function notPossible(message: string): WorkflowError {
  return new WorkflowError('fixture_not_possible', message);
}
