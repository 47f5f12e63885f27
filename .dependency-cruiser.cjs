/** Folders of packages/saved-objects, each of which may import the folders before it only. */
const SAVED_OBJECTS_LAYERS = [
  'types',
  'filter',
  'store',
  'model_versions',
  'repository',
  'migrations',
  'service',
];

/** The folders of `testing/` import only each other downwards. */
const TESTING_IMPORTS = {
  elasticsearch: [],
  environment: ['elasticsearch'],
  stack: ['elasticsearch', 'environment'],
  e2e: ['elasticsearch', 'environment', 'stack'],
  interop: ['elasticsearch', 'environment', 'stack'],
  chaos: ['elasticsearch', 'environment', 'stack'],
  bench: ['elasticsearch', 'environment', 'stack'],
};

/**
 * Folders of `plugins/actions/server/oauth`, each with the folders that it may import. Pages, scopes
 * and strategies are the lowest; `flow` is one authorization from start to end; `confirmation` and
 * `account_change` are its pages; `mass_revocation` ends many grants and knows no flow.
 */
const OAUTH_DIRECTION = {
  pages: [],
  limits: [],
  scopes: [],
  strategies: [],
  tokens: ['limits', 'scopes', 'strategies'],
  mass_revocation: ['limits', 'strategies', 'tokens'],
  flow: ['pages', 'scopes', 'strategies', 'tokens'],
  confirmation: ['flow', 'pages', 'scopes', 'tokens'],
  account_change: ['flow', 'pages', 'tokens'],
  sites: ['flow', 'tokens'],
};
const OAUTH = '^plugins/actions/server/oauth';

/** Product code that sends no HTTP requests of its own. */
const WITHOUT_HTTP_CLIENT =
  '^(plugins|examples|packages/(core|saved-objects|connector-specs|oauth-client))/';

/** Import rules of docs/adr/0002-boundaries.md. Each comment names the right import. */
module.exports = {
  forbidden: [
    {
      name: 'common-is-pure',
      severity: 'error',
      comment: 'common/ imports common/ only',
      from: { path: '^(?:plugins|examples)/[^/]+/common/' },
      to: { path: '^(?:plugins|examples)/[^/]+/(server|public)/' },
    },
    {
      name: 'common-imports-only-common',
      severity: 'error',
      comment: 'common/ runs on both sides: common/, zod and @latchkey/core/common only',
      from: {
        path: '^((?:plugins|examples)/[^/]+|packages/core)/common/',
        pathNot: '[.](test|stories)[.]tsx?$',
      },
      to: {
        pathNot: '(^|/)((?:plugins|examples)/[^/]+|packages/core)/common/|(^|/)node_modules/zod/',
      },
    },
    {
      name: 'browser-code-without-node',
      severity: 'error',
      comment: 'public/ runs in browsers: no modules of Node',
      from: {
        path: '^((?:plugins|examples)/[^/]+|packages/core)/public/',
        pathNot: '[.](test|stories)[.]tsx?$',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-server-public',
      severity: 'error',
      comment: 'share through common/index.ts',
      from: { path: '^(?:plugins|examples)/[^/]+/(server|public)/' },
      to: {
        path: '^(?:plugins|examples)/[^/]+/(server|public)/',
        pathNot: '^(?:plugins|examples)/[^/]+/$1/',
      },
    },
    {
      name: 'plugin-entry-point',
      severity: 'error',
      comment: "use the other plugin's index.ts or mocks.ts",
      from: { path: '^((?:plugins|examples)/[^/]+)/' },
      to: {
        path: '^(?:plugins|examples)/[^/]+/',
        pathNot: '^$1/|^plugins/[^/]+/(common|server|public)/(index|mocks)[.]tsx?$',
      },
    },
    {
      name: 'no-testing-in-product',
      severity: 'error',
      comment: 'testing/ folders are for tests, fixtures and the tools in testing/',
      from: {
        path: '^(?:plugins|examples|packages)/',
        pathNot: '/testing/|[.](test|mock|stories)[.]tsx?$',
      },
      to: { path: '^plugins/[^/]+/server/testing/' },
    },
    {
      name: 'folder-entry-point',
      severity: 'error',
      comment: "import the capability's index.ts",
      from: {
        path: '^((?:plugins|examples)/[^/]+)/(server|public|common)/([^/]+)/',
        pathNot: '/server/testing/',
      },
      to: {
        path: '^$1/$2/[^/]+/',
        pathNot: '^$1/$2/$3/|/(index|[^/]+[.]mock)[.]tsx?$',
      },
    },
    {
      name: 'folder-entry-point-from-root',
      severity: 'error',
      comment: "import the capability's index.ts",
      from: { path: '^((?:plugins|examples)/[^/]+)/(server|public|common)/[^/]+$' },
      to: { path: '^$1/$2/[^/]+/', pathNot: '/index[.]tsx?$' },
    },
    {
      name: 'oauth-folder-entry-point',
      severity: 'error',
      comment: "inside oauth/, import the capability's index.ts",
      from: { path: `${OAUTH}/([^/]+)/` },
      to: { path: `${OAUTH}/[^/]+/`, pathNot: `${OAUTH}/$1/|/(index|[^/]+[.]mock)[.]tsx?$` },
    },
    {
      name: 'oauth-known-folders',
      severity: 'error',
      comment: 'add the folder to OAUTH_DIRECTION',
      from: {},
      to: {
        path: `${OAUTH}/`,
        pathNot: `${OAUTH}/(${Object.keys(OAUTH_DIRECTION).join('|')})/`,
      },
    },
    ...Object.entries(OAUTH_DIRECTION).map(([folder, lower]) => ({
      name: `oauth-direction-${folder}`,
      severity: 'error',
      comment: `oauth/${folder} may import: ${lower.join(', ') || 'no other folder of oauth'}`,
      from: { path: `${OAUTH}/${folder}/`, pathNot: '[.](test|mock|stories)[.]tsx?$' },
      to: { path: `${OAUTH}/`, pathNot: `${OAUTH}/(${[folder, ...lower].join('|')})/` },
    })),
    {
      name: 'common-entry-point',
      severity: 'error',
      comment: 'import common/index.ts',
      from: { path: '^((?:plugins|examples)/[^/]+|packages/core)/(server|public)/' },
      to: { path: '^$1/common/', pathNot: '/common/index[.]tsx?$' },
    },
    {
      name: 'core-server-public',
      severity: 'error',
      comment: 'share through packages/core/common',
      from: { path: '^packages/core/(server|public)/', pathNot: '[.](test|stories)[.]tsx?$' },
      to: { path: '^packages/core/(server|public)/', pathNot: '^packages/core/$1/' },
    },
    {
      name: 'core-folder-entry-point',
      severity: 'error',
      comment: "inside core, import the capability's index.ts",
      from: { path: '^packages/core/server/([^/]+)/' },
      to: {
        path: '^packages/core/server/[^/]+/',
        pathNot: '^packages/core/server/$1/|/(index|[^/]+[.]mock)[.]tsx?$',
      },
    },
    {
      name: 'package-entry-point',
      severity: 'error',
      comment: 'import a package by its name, never by path',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/[^/]+/', dependencyTypes: ['local'], pathNot: '^packages/$1/' },
    },
    {
      name: 'packages-first',
      severity: 'error',
      comment: 'no package imports a plugin',
      from: { path: '^packages/' },
      to: { path: '^plugins/' },
    },
    {
      name: 'tools-stay-out',
      severity: 'error',
      comment:
        'product code and its tests import no tool; pass an environment in, or use a package',
      from: { path: '^(packages|plugins|examples)/' },
      to: { path: '^(testing|scripts)/' },
    },
    {
      name: 'testing-without-scripts',
      severity: 'error',
      comment: 'scripts/ are commands: they import testing/, never the other way',
      from: { path: '^testing/' },
      to: { path: '^scripts/' },
    },
    ...Object.entries(TESTING_IMPORTS).map(([folder, lower]) => ({
      name: `testing-direction-${folder}`,
      severity: 'error',
      comment: `testing/${folder} may import: ${lower.join(', ') || 'no other folder of testing'}`,
      from: { path: `^testing/${folder}/` },
      to: { path: '^testing/', pathNot: `^testing/(${[folder, ...lower].join('|')})/` },
    })),
    {
      name: 'testing-no-folder-cycles',
      severity: 'error',
      comment: 'folders of a tool import each other in one direction',
      scope: 'folder',
      from: { path: '^testing/' },
      to: { circular: true },
    },
    ...Object.entries({
      parent: '^(testing/.+)/[^/]+/[^/]+$',
      root: '^(testing/[^/]+)/.+/',
    }).map(([above, path]) => ({
      name: `testing-below-${above}`,
      severity: 'error',
      comment: `files directly in the ${above} folder use its folders: move this file to a folder`,
      from: { path, pathNot: '^testing/environment/stores/' },
      to: { path: '^$1/[^/]+$' },
    })),
    {
      name: 'tools-plugin-entry-point',
      severity: 'error',
      comment: "use the plugin's entry points: its index.ts, mocks.ts or testing/index.ts",
      from: { path: '^(testing|scripts)/' },
      to: {
        path: '^plugins/',
        pathNot: '^plugins/[^/]+/(common|server|public)/(index|mocks|testing/index)[.]tsx?$',
      },
    },
    {
      name: 'examples-stay-out',
      severity: 'error',
      comment: 'nothing imports an example',
      from: { pathNot: '^examples/' },
      to: { path: '^examples/' },
    },
    {
      name: 'protocol-is-pure',
      severity: 'error',
      comment: 'pass data in; only zod, oauth4webapi and oauth-providers are allowed',
      from: {
        path: '^packages/oauth-client/',
        pathNot: '[.](test|stories)[.]tsx?$',
      },
      to: {
        pathNot: '^packages/oauth-(client|providers)/|(^|/)node_modules/(zod|oauth4webapi)/',
      },
    },
    {
      name: 'providers-are-data',
      severity: 'error',
      comment: 'entries are data: only zod is allowed',
      from: {
        path: '^packages/oauth-providers/',
        pathNot: '[.](test|stories)[.]tsx?$',
      },
      to: { pathNot: '^packages/oauth-providers/|(^|/)node_modules/zod/' },
    },
    {
      name: 'one-way-out',
      severity: 'error',
      comment: 'outbound requests go through @latchkey/egress',
      from: {
        path: WITHOUT_HTTP_CLIENT,
        pathNot: '[.](test|stories)[.]tsx?$',
      },
      to: { path: '(^|/)node_modules/(undici|got|node-fetch)/' },
    },
    {
      name: 'one-way-out-values',
      severity: 'error',
      comment:
        'outbound requests go through @latchkey/egress; types of axios and node:http are allowed',
      from: {
        path: WITHOUT_HTTP_CLIENT,
        pathNot: [
          '[.](test|mock|stories)[.]tsx?$',
          '^packages/connector-specs/contract_tests/',
          // Names of the HTTP statuses.
          '^packages/core/server/http/error_response[.]tsx?$',
        ],
      },
      to: {
        path: '(^|/)node_modules/axios/|^(node:)?(http|https|http2)$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'fakes-stay-out',
      severity: 'error',
      comment: 'dev-providers is for scripts and tests only',
      from: {
        path: '^(plugins|examples|packages)/',
        pathNot: '[.](test|mock|stories)[.]tsx?$|^packages/dev-providers/',
      },
      to: { path: '^packages/dev-providers/' },
    },
    {
      name: 'mocks-stay-out',
      severity: 'error',
      comment: 'product code imports no fixtures: only tests, their entry points and testing/ do',
      from: {
        path: '^(plugins|examples|packages)/',
        pathNot: '[.](test|mock|stories)[.]tsx?$|/(mocks|harness)[.]tsx?$|/testing/|/conformance/',
      },
      to: { path: '[.]mock[.]tsx?$' },
    },
    {
      name: 'test-proxy-stays-out',
      severity: 'error',
      comment: 'test-proxy is for tests only: import it in tests and in folders called testing',
      from: {
        path: '^(plugins|examples|packages)/',
        pathNot: '[.](test|stories)[.]tsx?$|/testing/|^packages/test-proxy/',
      },
      to: { path: '^packages/test-proxy/' },
    },
    ...SAVED_OBJECTS_LAYERS.slice(0, -1).map((folder, i) => ({
      name: `saved-objects-layer-${folder}`,
      severity: 'error',
      comment: `${folder}/ may import only the folders before it in SAVED_OBJECTS_LAYERS`,
      from: {
        path: `^packages/saved-objects/${folder}/`,
        pathNot: '[.](test|mock|stories)[.]tsx?$',
      },
      to: { path: `^packages/saved-objects/(${SAVED_OBJECTS_LAYERS.slice(i + 1).join('|')})/` },
    })),
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
};
