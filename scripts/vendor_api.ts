// Writes the facts of a vendor's API description. If the vendor publishes none, it records requests
// of the vendor's SDK instead: `npm run vendor_api -- github`.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readArguments } from './arguments.ts';
import { ROOT } from './command.ts';
import { createFacts, readManifest } from './vendor_api/create_facts.ts';
import { recordSdkRequests } from './vendor_api/sdk_requests/record_sdk_requests.ts';

const USAGE = 'Usage: npm run vendor_api -- CONNECTOR      for example: github\n';

const { positionals } = readArguments(USAGE, {
  allowPositionals: true,
  options: { help: { type: 'boolean', default: false } },
});
const [name, ...rest] = positionals;

if (name === undefined || rest.length > 0 || !/^[a-z][a-z0-9_]*$/.test(name)) {
  process.stderr.write(USAGE);
  process.exitCode = 1;
} else {
  const folder = join(ROOT, 'packages', 'connector-specs', 'connectors', name, 'vendor_api');
  const facts = await createFacts(name, folder);
  const file = join(folder, 'facts.json');
  await writeFile(file, `${JSON.stringify(facts, undefined, 1)}\n`);
  const sdk = await recordSdkRequests(name, await readManifest(folder));
  if (sdk !== undefined) {
    await writeFile(join(folder, 'sdk_requests.json'), `${JSON.stringify(sdk, undefined, 1)}\n`);
  }
  console.log(`Wrote ${file}: ${Object.keys(facts.operations).length} operations.`);
}
