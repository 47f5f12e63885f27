import { ownProperty } from '@latchkey/workflow-language';
import { scheduledTriggersOf, triggerTypesOf } from '../schedules/index.ts';
import type { AnalyzedText } from './document_work.ts';
import { MAX_DESCRIPTION, MAX_SEARCH_TEXT, type WorkflowAttributes } from './workflow_type.ts';

/** Maximum characters of a name or tag. Longer ones are cut. */
const MAX_LENGTH = 1_024;
/** Maximum number of tags. Further ones are left out. */
const MAX_TAGS = 1_000;
/** Maximum number of connectors. Further ones are left out. */
const MAX_CONNECTORS = 1_000;
/** Maximum number of trigger types. Further ones are left out. */
const MAX_TRIGGERS = 100;

/** Attributes of a workflow that its YAML determines. */
export type DescribedWorkflow = Pick<
  WorkflowAttributes,
  | 'name'
  | 'enabled'
  | 'tags'
  | 'valid'
  | 'yaml'
  | 'triggerTypes'
  | 'scheduleKeys'
  | 'connectors'
  | 'sortName'
  | 'searchText'
> & { readonly description: string | undefined };

/**
 * Reads the facts that lists and searches need from the YAML of a workflow. Invalid YAML gets
 * defaults.
 */
export function describeWorkflow({
  yaml,
  valid,
  document,
  connectors,
}: Pick<AnalyzedText, 'yaml' | 'valid' | 'document' | 'connectors'>): DescribedWorkflow {
  const text = (key: string): string | undefined => {
    const value = ownProperty(document, key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const name = (text('name') ?? 'Untitled workflow').slice(0, MAX_LENGTH);
  const description = text('description')?.slice(0, MAX_DESCRIPTION);
  const tags = textsOf(ownProperty(document, 'tags'));
  return {
    name,
    description,
    enabled: ownProperty(document, 'enabled') !== false,
    tags,
    valid,
    yaml,
    triggerTypes: triggerTypesOf(document).slice(0, MAX_TRIGGERS),
    scheduleKeys: valid ? scheduledTriggersOf(document).map(({ key }) => key) : [],
    connectors: connectorsOf(connectors),
    sortName: name.toLowerCase().slice(0, MAX_LENGTH),
    searchText: [name, ...tags, description ?? ''].join('\n').slice(0, MAX_SEARCH_TEXT),
  };
}

/**
 * Ids and names of connectors in the steps. A connector that a template computes is not known
 * before a run.
 */
function connectorsOf(references: AnalyzedText['connectors']): string[] {
  const fixed = references.filter(({ kind }) => kind === 'fixed');
  const distinct = new Set(fixed.map(({ reference }) => reference.slice(0, MAX_LENGTH)));
  return [...distinct].slice(0, MAX_CONNECTORS);
}

function textsOf(values: unknown): string[] {
  const texts = Array.isArray(values) ? values.filter((each) => typeof each === 'string') : [];
  return texts.slice(0, MAX_TAGS).map((each) => each.slice(0, MAX_LENGTH));
}
