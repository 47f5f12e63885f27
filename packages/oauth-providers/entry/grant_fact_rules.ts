import { isDescriptiveHeader } from './entry_fields.ts';
import type { GrantFact } from './provider_entry.ts';
import { listPathOf } from './site_list.ts';

/** The first rule that the grant facts of an entry violate. `undefined`: they violate none. */
export function grantFactsProblem(grantFacts: readonly GrantFact[]): string | undefined {
  const names = grantFacts.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `grant fact ${twice} appears twice`;
  return (
    grantFacts.map(factProblem).find((problem) => problem !== undefined) ?? listProblem(grantFacts)
  );
}

function factProblem({ name, kind, hosts, from, url }: GrantFact): string | undefined {
  if (kind === 'text' && hosts !== undefined)
    return `grant fact ${name} is a text, so it has no hosts`;
  if (kind !== 'text' && hosts === undefined)
    return `grant fact ${name} needs hosts, because it is of the kind ${kind}`;
  if (kind === 'label' && hosts?.some((pattern) => !pattern.startsWith('*.')) === true)
    return `grant fact ${name} is a label, so its hosts begin with *.`;
  if (from === 'request' && url === undefined)
    return `grant fact ${name} needs a url, because it comes from a request`;
  if (from !== 'request' && url !== undefined)
    return `grant fact ${name} has a url, but does not come from a request`;
  return undefined;
}

function listProblem(grantFacts: readonly GrantFact[]): string | undefined {
  const listed = grantFacts.filter(({ path }) => path.includes('*'));
  const lists = listed.map(({ from, url, path, labelPath = path }) => {
    const elements = listPathOf(path)?.elements;
    const isList = from === 'request' && listPathOf(labelPath)?.elements === elements;
    return isList && elements !== undefined ? `${url} ${elements}` : undefined;
  });
  if (new Set(lists).size <= 1 && !lists.includes(undefined)) return undefined;
  return 'grant facts must use one request, and one list for all paths with *';
}

/** The first placeholder of a header that names no grant fact, as a problem. */
export function apiHeadersProblem(
  headers: Readonly<Record<string, string>>,
  grantFacts: readonly GrantFact[],
): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    const unknown = factsIn(value).find((fact) => !grantFacts.some((one) => one.name === fact));
    if (isDescriptiveHeader(name) && factsIn(value).length > 0)
      return `api.headers.${name} must not contain a grant fact, because redirects keep the header`;
    if (unknown !== undefined)
      return `api.headers.${name}: {grant.${unknown}} is not declared in grantFacts`;
  }
  return undefined;
}

/** Placeholder of a grant fact. */
export const GRANT_FACT = /\{grant\.(\w+)\}/g;

/** Names of the grant facts in a text. */
export const factsIn = (text: string): readonly string[] =>
  [...text.matchAll(GRANT_FACT)].map(([, name]) => name ?? '');
