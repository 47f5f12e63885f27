import type { core } from 'zod';
import type { StoredDocument } from '../store/document_store.ts';
import type { SavedObjectKey } from '../types/saved_object.ts';
import { carryUnknown } from './carry_unknown.ts';
import type { EncryptionExtension } from './encryption_extension.ts';
import { knownPart } from './known_part.ts';
import { encryptedAttributes, plaintextOf, upgradeReadable } from './read_attributes.ts';
import type { Target } from './resolve_target.ts';
import { isSavedObjectError } from './saved_object_error.ts';
import { invalidAttributes, validateAttributes, withoutUndefined } from './validate_attributes.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** The outcome of an update, in plaintext. */
export interface MergedAttributes {
  /** With everything the stored document holds and this build does not know. */
  readonly toStore: Record<string, unknown>;
  /** What this build knows. */
  readonly toReturn: Record<string, unknown>;
}

/**
 * Lays a patch over a stored document and validates the whole.
 *
 * Encrypted attributes are decrypted only when one of them survives the patch. So a document whose ciphertext is damaged can
 * be repaired by giving (or removing) all of its encrypted attributes anew, which is what a new authorization does.
 * @throws SavedObjectError `undecryptable`, `invalid_attributes`, `newer_version`
 */
export function mergeAttributes(
  encryption: EncryptionExtension | undefined,
  target: Target,
  document: StoredDocument,
  patch: Attributes,
): MergedAttributes {
  const plain = decryptWhatStays(encryption, target, document, patch);
  return document.modelVersion > target.model.newest
    ? mergeIntoNewer(target, plain, patch)
    : mergeIntoKnown(target, plain, patch);
}

interface PlainDocument {
  /** As stored. */
  readonly stored: Attributes;
  /** As this build understands it. */
  readonly understood: Attributes;
}

function decryptWhatStays(
  encryption: EncryptionExtension | undefined,
  { model, id, namespace }: Target,
  document: StoredDocument,
  patch: Attributes,
): PlainDocument {
  const type = model.type.name;
  const { attributes } = document;
  const upgraded = upgradeReadable(model, document);
  const encrypted = encryptedAttributes(encryption, type, attributes);
  if (encryption === undefined || encrypted.length === 0) {
    return { stored: attributes, understood: upgraded };
  }
  const key = { type, id, namespace };
  const isAllReplaced = encrypted.every((name) => Object.hasOwn(patch, name));
  const stored = isAllReplaced
    ? decryptForCarrying(encryption, key, attributes, document.modelVersion > model.newest)
    : encryption.decrypt(key, attributes);
  return {
    stored,
    understood: plaintextOf(model, document, { upgraded, decrypted: stored, encrypted }),
  };
}

/** Nothing of what is replaced has to be read, unless a newer build may have put something into it; even that is no reason to refuse a repair. */
function decryptForCarrying(
  encryption: EncryptionExtension,
  key: SavedObjectKey,
  attributes: Attributes,
  isNewer: boolean,
): Attributes {
  if (!isNewer) return encryption.strip(key.type, attributes);
  try {
    return encryption.decrypt(key, attributes);
  } catch (error) {
    if (!isSavedObjectError(error, 'undecryptable')) throw error;
    return encryption.strip(key.type, attributes);
  }
}

function mergeIntoKnown(target: Target, plain: PlainDocument, patch: Attributes): MergedAttributes {
  const { knownAttributes } = target.model;
  const unknown: Record<string, unknown> = {};
  const known: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(plain.understood)) {
    const isKnown = knownAttributes === undefined || knownAttributes.has(name);
    (isKnown ? known : unknown)[name] = value;
  }
  const validated = validateAttributes(target.model, { ...known, ...patch }, target.id);
  const merged = { ...unknown, ...validated };
  return { toStore: merged, toReturn: merged };
}

/**
 * Only the attributes of the patch are changed, and in an object only the members this build knows,
 * in a document that a newer build wrote. Its other attributes may hold values that this build's schema does not accept; they are that build's business.
 */
function mergeIntoNewer(target: Target, plain: PlainDocument, patch: Attributes): MergedAttributes {
  const { model, id } = target;
  const { knownAttributes } = model;
  const known = Object.entries(plain.understood).filter(
    ([name]) => knownAttributes === undefined || knownAttributes.has(name),
  );
  const candidate = withoutUndefined({ ...Object.fromEntries(known), ...patch });
  const result = model.create.safeParse(candidate);
  const issues = (result.error?.issues ?? []).filter((issue) => isAbout(issue, patch));
  if (issues.length > 0) throw invalidAttributes(model, id, issues);
  const accepted = result.data ?? candidate;
  const changes = Object.fromEntries(Object.keys(patch).map((name) => [name, accepted[name]]));
  const carried = Object.entries(changes).map(([name, next]) => {
    const stored = plain.stored[name];
    return [name, carryUnknown(stored, knownPart(model, name, stored), next)];
  });
  return {
    toStore: withoutUndefined({ ...plain.stored, ...Object.fromEntries(carried) }),
    toReturn: withoutUndefined({ ...plain.understood, ...changes }),
  };
}

/** Whether the writer is to blame: the stored attributes it does not touch may be beyond this build's schema. */
function isAbout(issue: core.$ZodIssue, patch: Attributes): boolean {
  const [attribute] = issue.path;
  if (attribute !== undefined) return Object.hasOwn(patch, attribute);
  return issue.code !== 'unrecognized_keys' || issue.keys.some((key) => Object.hasOwn(patch, key));
}
