import { findUnmappedField, searchedFields, unmappedFieldMessage } from '../filter/check_fields.ts';
import type { TypeModel } from '../migrations/type_model.ts';
import { DEFAULT_NAMESPACE } from '../types/document_key.ts';
import { toSavedObject } from './read_attributes.ts';
import type { RepositoryContext } from './repository_context.ts';
import { resolveModel } from './resolve_target.ts';
import { isSavedObjectError, SavedObjectError } from './saved_object_error.ts';
import type { FindOptions, FindResult } from './types.ts';

const DEFAULT_PER_PAGE = 20;
const MAX_WINDOW = 10_000;

/** One page of a search. */
export async function find<A extends object>(
  context: RepositoryContext,
  options: FindOptions,
): Promise<FindResult<A>> {
  const names = typeof options.type === 'string' ? [options.type] : options.type;
  const models = new Map(names.map((name) => [name, resolveModel(context, name)]));
  const { page = 1, perPage = DEFAULT_PER_PAGE, filter, sort } = options;
  checkPage(names.join(','), page, perPage);
  checkMapped([...models.values()], options);
  const namespaces = searchedNamespaces(options.namespaces);
  await bringUpToDate(context, [...models.values()], options);
  const { documents, total } = await context.store.search({
    types: [...models.keys()],
    offset: (page - 1) * perPage,
    limit: perPage,
    ...(namespaces === undefined ? {} : { namespaces }),
    ...(filter === undefined ? {} : { filter }),
    ...(sort === undefined ? {} : { sort }),
  });
  const savedObjects = documents.flatMap((document) => {
    try {
      return [toSavedObject<A>(context, resolveModel(context, document.type), document, false)];
    } catch (error) {
      if (!isSavedObjectError(error, 'newer_version')) throw error;
      context.onSkippedDocument(error);
      return [];
    }
  });
  return { savedObjects, total, page, perPage };
}

/** `undefined`: all namespaces. */
export function searchedNamespaces(
  namespaces: readonly string[] | undefined,
): readonly string[] | undefined {
  if (namespaces === undefined) return [DEFAULT_NAMESPACE];
  return namespaces.includes('*') ? undefined : namespaces;
}

/** @throws SavedObjectError `invalid_attributes` naming the field that cannot be searched */
export function checkMapped(
  models: readonly TypeModel[],
  request: Pick<FindOptions, 'filter' | 'sort'>,
): void {
  const types = models.map(({ type, mappings }) => ({ name: type.name, mappings }));
  const unmapped = findUnmappedField(types, request);
  if (unmapped === undefined) return;
  const { type, field } = unmapped;
  throw new SavedObjectError('invalid_attributes', unmappedFieldMessage(type, field), {
    type,
    attribute: field,
  });
}

/**
 * A document that an older build wrote lately lacks what a later version filled in, so a search by an attribute that was mapped later
 * would miss it. Searches by attributes of the first version ask for nothing here.
 */
export async function bringUpToDate(
  context: RepositoryContext,
  models: readonly TypeModel[],
  request: Pick<FindOptions, 'filter' | 'sort'>,
): Promise<void> {
  const fields = searchedFields(request);
  for (const model of models) {
    const isLate = fields.some((field) => (model.mappedSince[field] ?? 1) > 1);
    if (isLate) await context.bringUpToDate(model);
  }
}

function checkPage(type: string, page: number, perPage: number): void {
  const isPage = Number.isInteger(page) && page >= 1;
  const isPerPage = Number.isInteger(perPage) && perPage >= 0;
  if (isPage && isPerPage && page * perPage <= MAX_WINDOW) return;
  throw new SavedObjectError(
    'invalid_attributes',
    `A search shows pages within the first ${MAX_WINDOW} objects: choose page and perPage accordingly, or iterate.`,
    { type, attribute: 'page' },
  );
}
