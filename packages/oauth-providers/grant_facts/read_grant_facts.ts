import { valuesAt } from '../api_response/api_response.ts';
import type { GrantFact } from '../entry/provider_entry.ts';
import { listPathOf } from '../entry/site_list.ts';
import { isAbsent, permittedFact } from './fact_value.ts';

/** Grant facts by name. */
export type GrantFacts = Readonly<Record<string, string>>;

/** One of the sites that a grant covers. */
export interface GrantSite {
  /**
   * Value of the first grant fact that the provider definition reads from the list of sites of the
   * provider. Unique in this list.
   */
  readonly id: string;
  /** Text by which the user recognizes the site, at most 200 characters. */
  readonly label: string;
  readonly facts: GrantFacts;
}

/** The grant facts of one response. */
export interface GrantFactReading {
  readonly facts: GrantFacts;
  /**
   * Names of the facts whose hosts or origins the entry does not permit. No other member contains
   * such a value. A text that cannot be used counts as absent, because a text decides no
   * destination.
   */
  readonly refused: readonly string[];
  /** Sites of a response with a list. `undefined`: the response has no list. */
  readonly sites?: readonly GrantSite[];
  /** Number of sites beyond the first 200, which are left out. Absent: none. */
  readonly omittedSites?: number;
}

const MAX_SITES = 200;
const MAX_LABEL_LENGTH = 200;

/**
 * Reads grant facts from a token response or from the parameters of a callback. Facts that the
 * response does not name are absent.
 */
export function readGrantFacts(
  grantFacts: readonly GrantFact[],
  from: 'token_response' | 'callback',
  response: unknown,
): GrantFactReading {
  return readSingle(
    grantFacts.filter((fact) => fact.from === from),
    response,
  );
}

/**
 * Reads the grant facts of the response to one request, and the sites of its list.
 * @param url of the request
 */
export function readRequestedFacts(
  grantFacts: readonly GrantFact[],
  url: string,
  response: unknown,
): GrantFactReading {
  const ofRequest = grantFacts.filter((fact) => fact.from === 'request' && fact.url === url);
  const isListed = (fact: GrantFact) => listPathOf(fact.path) !== undefined;
  const single = readSingle(
    ofRequest.filter((fact) => !isListed(fact)),
    response,
  );
  const listed = ofRequest.filter(isListed);
  const [first] = listed;
  const list = first && listPathOf(first.path);
  if (list === undefined) return single;
  const refused = new Set(single.refused);
  const sites = new Map<string, GrantSite>();
  const omitted = new Set<string>();
  for (const element of valuesAt(response, list.elements)) {
    const site = siteOf(element, listed, refused);
    // Atlassian lists a site once for each of its products.
    if (site === undefined || sites.has(site.id)) continue;
    if (sites.size < MAX_SITES) sites.set(site.id, site);
    else omitted.add(site.id);
  }
  return {
    facts: single.facts,
    refused: [...refused],
    sites: [...sites.values()],
    ...(omitted.size === 0 ? {} : { omittedSites: omitted.size }),
  };
}

/**
 * The facts that an entry permits. Stored facts may be older than the current entry, whose hosts
 * may have changed.
 */
export function permittedFacts(grantFacts: readonly GrantFact[], stored: GrantFacts): GrantFacts {
  const permitted = grantFacts.flatMap((fact) => {
    const value = Object.hasOwn(stored, fact.name)
      ? permittedFact(fact, stored[fact.name])
      : undefined;
    return value === undefined ? [] : [[fact.name, value] as const];
  });
  return Object.fromEntries(permitted);
}

function readSingle(grantFacts: readonly GrantFact[], response: unknown): GrantFactReading {
  const facts: Record<string, string> = {};
  const refused: string[] = [];
  for (const fact of grantFacts) {
    const [value] = valuesAt(response, fact.path);
    if (isAbsent(value)) continue;
    const permitted = permittedFact(fact, value);
    if (permitted !== undefined) facts[fact.name] = permitted;
    else if (fact.kind !== 'text') refused.push(fact.name);
  }
  return { facts, refused };
}

/**
 * The site of an element. `undefined`: the element has no usable id, or a value that the entry does
 * not permit.
 */
function siteOf(
  element: unknown,
  listed: readonly GrantFact[],
  refused: Set<string>,
): GrantSite | undefined {
  const facts: Record<string, string> = {};
  let label: string | undefined;
  for (const { labelPath, ...fact } of listed) {
    const [value] = valuesAt(element, listPathOf(fact.path)?.member ?? '');
    if (isAbsent(value)) continue;
    const permitted = permittedFact(fact, value);
    if (permitted === undefined) {
      if (fact.kind !== 'text') refused.add(fact.name);
      return undefined;
    }
    facts[fact.name] = permitted;
    const [text] = labelPath === undefined ? [] : labelsAt(element, labelPath);
    label ??= text;
  }
  const id = facts[listed[0]?.name ?? ''];
  return id === undefined
    ? undefined
    : { id, label: label ?? id.slice(0, MAX_LABEL_LENGTH), facts };
}

function labelsAt(element: unknown, labelPath: string): readonly string[] {
  const [value] = valuesAt(element, listPathOf(labelPath)?.member ?? labelPath);
  if (typeof value !== 'string') return [];
  const text = value
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, MAX_LABEL_LENGTH);
  return text === '' ? [] : [text];
}
