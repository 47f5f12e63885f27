// Creates a connector: `npm run new_connector -- my_service`. `--root FOLDER` selects another
// checkout.
import { readArguments } from './arguments.ts';
import { ROOT } from './command.ts';
import { createConnector, hasProvider } from './connector_scaffold/index.ts';
import { ScaffoldError } from './scaffold_name.ts';

const USAGE = 'Usage: npm run new_connector -- NAME      for example: my_service\n';

const { positionals, values } = readArguments(USAGE, {
  allowPositionals: true,
  options: { root: { type: 'string', default: ROOT }, help: { type: 'boolean', default: false } },
});
const [name, ...rest] = positionals;

if (name === undefined || rest.length > 0) {
  process.stderr.write(USAGE);
  process.exitCode = 1;
} else {
  try {
    const written = await createConnector(values.root, name);
    console.log(`Created the connector .${name}:`);
    for (const path of written) console.log(`  ${path}`);
    console.log(nextSteps(name, hasProvider(values.root, name)));
  } catch (error) {
    if (!(error instanceof ScaffoldError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Returns what the author of the connector does next. */
function nextSteps(name: string, isProviderKnown: boolean): string {
  const folder = `packages/connector-specs/connectors/${name}`;
  const provider = isProviderKnown
    ? `packages/oauth-providers/providers/${name}.ts has the OAuth provider: name it in the spec,
     provider: '${name}', and compare its facts with the documentation of the service.`
    : `If users authorize with their own account and the provider is not in packages/oauth-providers/providers,
     add its entry (packages/oauth-providers/README.md). There are examples for a host, a path or a header
     that depends on the account, and for a token in another header.`;
  return `
Next:
  1. ${provider}
  2. Put the real API, auth types and actions into ${folder}/${name}.ts
     (packages/connector-specs/README.md explains each part). Everything else is in the same folder.
  3. npm run integration -- packages/connector-specs/contract_tests -t .${name}
     tests it against the contract, over a real socket, and lists texts that are not translated.
     Its own tests: npm run integration -- ${folder}
  4. npm run connector_docs
     npm run openapi
     add it to docs/connectors.md and docs/openapi.json.
  5. npm start
     shows it in the connector list.
  6. npm run check
     npm run changeset
     check everything, and describe the change for users.`;
}
