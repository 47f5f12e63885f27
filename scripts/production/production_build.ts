import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire, isBuiltin, stripTypeScriptTypes } from 'node:module';
import { basename, dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { z } from 'zod';

/** Workspaces whose server code is part of the product. All other packages are for tests. */
const PRODUCT = ['packages/*', 'plugins/*'];
const FOR_TESTS = new Set(['packages/dev-providers', 'packages/test-proxy']);
/** Files of a workspace that run on a server. */
const SERVER_FILES = ['**/*.ts', '**/*.{js,css,json,jsonc,svg}'];
const NOT_IN_PRODUCT =
  /(?:^|\/)(?:node_modules|public|testing|conformance|contract_tests)\/|\.(?:test|mock|stories)\.ts$|(?:^|\/)(?:mocks|harness|contract_fixtures)\.ts$|(?:^|\/)tsconfig[^/]*\.json$/;

const rootManifest = z.looseObject({ version: z.string() });

const manifestSchema = z.looseObject({
  name: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});

/** Place of a production build and of the web app in it. */
interface ProductionBuildOptions {
  /** Folder to write. Everything that it contains is removed first. */
  readonly target: string;
  /** Folder of one build of the web app; its name is the id of the build. */
  readonly webApp: string;
}

/**
 * Writes everything that a server needs into one folder: its code without types, the web app, and
 * the packages that the code imports. Node 24 runs it without npm.
 */
export function writeProductionBuild(root: string, options: ProductionBuildOptions): void {
  const { target, webApp } = options;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const copyPackage = packageCopier(root, target);
  for (const workspace of workspacesOf(root)) {
    for (const name of copyWorkspace(root, workspace, target)) {
      copyPackage(name, join(root, workspace));
    }
  }
  copyWebApp(webApp, join(target, 'dist', 'browser'));
  cpSync(join(root, 'config', 'kibana.yml'), join(target, 'config', 'kibana.yml'));
  for (const file of ['LICENSE', 'NOTICE']) {
    if (existsSync(join(root, file))) cpSync(join(root, file), join(target, file));
  }
  const { version } = rootManifest.parse(readJson(join(root, 'package.json')));
  const manifest = { name: 'latchkey', version, private: true, type: 'module' };
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  cpSync(join(import.meta.dirname, 'start.js'), join(target, 'start.js'));
  makeReadable(target);
}

const workspacesOf = (root: string): readonly string[] =>
  globSync(PRODUCT, { cwd: root })
    .map((folder) => folder.split(sep).join('/'))
    .filter((folder) => !FOR_TESTS.has(folder))
    .sort();

/**
 * Copies the server code of a workspace.
 * @returns names of the packages that the copied code imports when it runs
 */
function copyWorkspace(root: string, workspace: string, target: string): ReadonlySet<string> {
  const from = join(root, workspace);
  const imported = new Set<string>();
  const files = globSync(SERVER_FILES, { cwd: from, exclude: (path) => path === 'node_modules' });
  for (const file of files) {
    if (NOT_IN_PRODUCT.test(file.split(sep).join('/'))) continue;
    const path = join(target, workspace, file);
    mkdirSync(dirname(path), { recursive: true });
    if (!file.endsWith('.ts')) {
      cpSync(join(from, file), path);
      continue;
    }
    // The files keep their names, because imports contain them.
    const code = stripTypeScriptTypes(readFileSync(join(from, file), 'utf8'));
    writeFileSync(path, code);
    for (const name of importedPackages(code)) imported.add(name);
  }
  const { name } = manifestSchema.parse(readJson(join(from, 'package.json')));
  const link = join(target, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  // This is a link, because Node strips no types from files whose real path is in node_modules.
  symlinkSync(relative(dirname(link), join(target, workspace)), link);
  return imported;
}

/**
 * Returns the packages in static and dynamic imports of a module, except those of Node and of the
 * workspaces.
 */
function importedPackages(code: string): readonly string[] {
  return ts
    .preProcessFile(code)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => !/^[.]|^node:|^@latchkey\//.test(name) && !isBuiltin(name))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}

/**
 * Returns a function that copies a package with its dependencies to the places that they have in
 * the checkout.
 */
function packageCopier(root: string, target: string): (name: string, importer: string) => void {
  const copied = new Set<string>();
  const copy = (name: string, importer: string, isOptional = false): void => {
    const folder = findPackage(root, name, importer);
    if (folder === undefined) {
      // Optional dependencies may be missing, because they are for other platforms.
      if (isOptional) return;
      throw new Error(`The package ${name}, which ${importer} needs, is not installed`);
    }
    if (copied.has(folder)) return;
    copied.add(folder);
    cpSync(folder, join(target, relative(root, folder)), {
      recursive: true,
      filter: (path) => !relative(folder, path).split(sep).includes('node_modules'),
    });
    const { dependencies, optionalDependencies } = manifestSchema.parse(
      readJson(join(folder, 'package.json')),
    );
    const all = { ...dependencies, ...optionalDependencies };
    for (const other of Object.keys(all)) copy(other, folder, other in optionalDependencies);
  };
  return copy;
}

/**
 * Returns the folder of a package as Node finds it: in the nearest `node_modules` above the
 * importer.
 */
function findPackage(root: string, name: string, importer: string): string | undefined {
  const places = createRequire(join(importer, 'package.json')).resolve.paths(name) ?? [];
  return places
    .filter((place) => !relative(root, place).startsWith('..'))
    .map((place) => join(place, name))
    .find((folder) => existsSync(join(folder, 'package.json')));
}

/**
 * Copies a build of the web app and makes it the current one. Files that only describe the build
 * are left out.
 */
function copyWebApp(from: string, to: string): void {
  const id = basename(from);
  const isServed = (path: string): boolean => !/(?:manifest|modules)\.json$/.test(path);
  cpSync(from, join(to, id), { recursive: true, filter: isServed });
  writeFileSync(join(to, 'current.json'), JSON.stringify({ id }));
}

/**
 * Lets all users read a folder, whatever the modes of the copied files and the umask are: a server
 * often runs as a different user than the one who built it.
 */
function makeReadable(folder: string): void {
  chmodSync(folder, statSync(folder).mode | 0o555);
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const { mode } = statSync(path);
    const isExecutable = entry.isDirectory() || (mode & 0o100) !== 0;
    chmodSync(path, mode | (isExecutable ? 0o555 : 0o444));
  }
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
