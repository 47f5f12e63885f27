import { workflowOf } from '../execution/run_fixture.mock.ts';
import type { NewRun } from './new_run.ts';

/** A template that takes too long for the main thread and exceeds its limits. */
export const ENDLESS_TEMPLATE = `${'{% for a in (1..9999) %}'.repeat(2)}${'{% endfor %}'.repeat(2)}`;

/** A run of a workflow with one step, started by ana. */
export const aNewRun = (over: Partial<NewRun> = {}): NewRun => ({
  id: 'run-1',
  spaceId: 'default',
  user: { username: 'ana', profileUid: 'u_ana', apiKeyId: null },
  yaml: workflowOf('  - { name: say, type: console, with: { message: hi } }'),
  workflowId: 'w',
  isTestRun: false,
  inputs: {},
  triggeredBy: 'manual',
  ...over,
});

/** A run of an unsaved workflow with an input `word`, which has this default. */
export const aRunWithDefault = (value: string) => ({
  spaceId: 'default',
  user: { username: 'ana', profileUid: 'u_ana', apiKeyId: null },
  yaml: `name: test
triggers: [{ type: manual }]
inputs: [{ name: word, type: string, default: "${value}" }]
steps: [{ name: log, type: console, with: { message: done } }]
`,
  isTestRun: false,
  inputs: {},
  triggeredBy: 'manual',
});
