import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runBrowser } from '../testing/bench/browser/run_browser.ts';
import { FULL_GROWTH, QUICK_GROWTH } from '../testing/bench/growth/growth_plan.ts';
import { runGrowth } from '../testing/bench/growth/run_growth.ts';
import { FULL_PLAN, QUICK_PLAN, runBench, runProfile } from '../testing/bench/run_bench.ts';
import { OPERATIONS, type Operation, runOperation } from '../testing/bench/run_operation.ts';
import { runStartup } from '../testing/bench/startup/run_startup.ts';
import {
  FULL_WORKFLOWS,
  profileWorkflows,
  QUICK_WORKFLOWS,
  runWorkflows,
} from '../testing/bench/workflows/run_workflows.ts';
import { readArguments, refuse } from './arguments.ts';
import { buildAppInChild } from './build_in_child.ts';

const USAGE = `Measures the server on this machine. testing/bench/README.md explains the results.

  npm run bench -- [--quick] [--profile | --growth [--store sqlite|elasticsearch]]
  npm run bench -- operations passes          [--count 1000000] [--others N] [--due 1000] [--folder DIR]
  npm run bench -- operations rotation        [--count 100000]
  npm run bench -- operations migrations      [--count 100000]
  npm run bench -- operations mass_revocation [--count 10000] [--latency 5] [--only mass|deletion]
  npm run bench -- egress
  npm run bench -- workflows                  [--quick] [--store sqlite|elasticsearch]
                                              [--old 100000] [--takeover 10000] [--waiting 10000]
                                              [--only runs|takeover] [--profile]
  npm run bench -- browser                    [--runs 10] [--connectors 1000]
  npm run bench -- startup                    [--runs 9] [--against FOLDER]

  --quick    a short run, to see the effect of a change
  --profile  profiles an execution instead of measuring
  --growth   how cost and latency grow with stored tokens, connectors and processes
  --store    for --growth: one store instead of both; for operations: default sqlite
  --others   documents of each kind but grants; default: as many as grants
  --old      for workflows: ended runs in the store; --takeover: runs of the killed process;
             --waiting: runs that wait at the same time; --only: one part of the measurement
  --folder   fills it once and keeps it; SQLite only
  --against  for startup: an older checkout with its dependencies, to compare with
  --latency  how long the provider takes for a revocation, milliseconds

The operation names work without "operations" too.
`;

// The handlers call `exit`, because child processes end together with this process.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
const [name, ...rest] = process.argv.slice(2);
const named = name === 'operations' ? rest[0] : name;
const operation = OPERATIONS.find((known) => known === named);
if (name === 'egress') await import('../testing/bench/egress.bench.ts');
else if (name === 'workflows') await measureWorkflows(rest);
else if (name === 'browser') await measureBrowser(rest);
else if (name === 'startup') await measureStartup(rest);
else if (operation !== undefined)
  await runNamed(operation, name === 'operations' ? rest.slice(1) : rest);
else await runMain();

async function runNamed(known: Operation, args: readonly string[]): Promise<void> {
  const { values } = readArguments(USAGE, {
    args: [...args],
    options: {
      store: { type: 'string', default: 'sqlite' },
      count: { type: 'string' },
      others: { type: 'string' },
      due: { type: 'string', default: '1000' },
      folder: { type: 'string' },
      latency: { type: 'string', default: '5' },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  // The garbage collector is exposed, because memory is measured after a garbage collection.
  setFlagsFromString('--expose-gc');
  globalThis.gc = runInNewContext('gc');
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  await runOperation(known, {
    store: storesOf(values.store)[0] ?? 'sqlite',
    count: number(values.count),
    others: number(values.others),
    due: Number(values.due),
    folder: values.folder,
    latencyMs: Number(values.latency),
    only: values.only,
  });
}

async function measureWorkflows(args: readonly string[]): Promise<void> {
  const { values } = readArguments(USAGE, {
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      store: { type: 'string' },
      old: { type: 'string' },
      takeover: { type: 'string' },
      waiting: { type: 'string' },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.profile) return profileWorkflows(storesOf(values.store ?? 'sqlite')[0] ?? 'sqlite');
  const plan = values.quick ? QUICK_WORKFLOWS : FULL_WORKFLOWS;
  const { old, takeover, waiting, only } = values;
  if (only !== undefined && only !== 'runs' && only !== 'takeover')
    return refuse('--only takes runs or takeover', USAGE);
  const sizes = {
    ...(old === undefined ? {} : { oldRuns: Number(old) }),
    ...(takeover === undefined ? {} : { takenOver: Number(takeover) }),
    ...(waiting === undefined ? {} : { waiting: Number(waiting) }),
  };
  await runWorkflows({ ...plan, ...sizes }, storesOf(values.store), only);
}

async function measureBrowser(args: readonly string[]): Promise<void> {
  const { values } = readArguments(USAGE, {
    args: [...args],
    options: {
      runs: { type: 'string', default: '10' },
      connectors: { type: 'string', default: '1000' },
      help: { type: 'boolean', default: false },
    },
  });
  await buildAppInChild();
  await runBrowser({ runs: Number(values.runs), connectors: Number(values.connectors) });
}

async function measureStartup(args: readonly string[]): Promise<void> {
  const { values } = readArguments(USAGE, {
    args: [...args],
    options: {
      runs: { type: 'string', default: '9' },
      against: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  await runStartup({ runs: Number(values.runs), against: values.against });
}

async function runMain(): Promise<void> {
  const { values } = readArguments(USAGE, {
    options: {
      quick: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      growth: { type: 'boolean', default: false },
      store: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.profile) await runProfile();
  else if (values.growth)
    await runGrowth(values.quick ? QUICK_GROWTH : FULL_GROWTH, storesOf(values.store));
  else await runBench(values.quick ? QUICK_PLAN : FULL_PLAN);
}

function storesOf(store: string | undefined): readonly ('sqlite' | 'elasticsearch')[] {
  switch (store) {
    case undefined:
      return ['sqlite', 'elasticsearch'];
    case 'sqlite':
    case 'elasticsearch':
      return [store];
    default:
      return refuse('--store takes sqlite or elasticsearch', USAGE);
  }
}
