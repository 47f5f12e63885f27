import { upgradeAttributes } from '../migrations/upgrade_attributes.ts';
import type { StoredDocument } from '../store/document_store.ts';
import type { EncryptionExtension } from './encryption_extension.ts';
import { encryptedAttributes, withPlaintext } from './read_attributes.ts';
import type { Target } from './resolve_target.ts';
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
 * @throws SavedObjectError `undecryptable`, `invalid_attributes`; StoreError `incompatible`
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
  const upgraded = upgradeAttributes(model, document);
  const encrypted = encryptedAttributes(encryption, type, attributes);
  if (encryption === undefined || encrypted.length === 0) {
    return { stored: attributes, understood: upgraded };
  }
  const isAllReplaced = encrypted.every((name) => Object.hasOwn(patch, name));
  const stored = isAllReplaced
    ? encryption.strip(type, attributes)
    : encryption.decrypt({ type, id, namespace }, attributes);
  return { stored, understood: withPlaintext(upgraded, attributes, stored, encrypted) };
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
 * Only the attributes of the patch are changed in a document that a newer build wrote. Its other attributes may hold values
 * that this build's schema does not accept; they are that build's business.
 */
function mergeIntoNewer(target: Target, plain: PlainDocument, patch: Attributes): MergedAttributes {
  const { model, id } = target;
  const { knownAttributes } = model;
  const known = Object.entries(plain.understood).filter(
    ([name]) => knownAttributes === undefined || knownAttributes.has(name),
  );
  const candidate = withoutUndefined({ ...Object.fromEntries(known), ...patch });
  const result = model.create.safeParse(candidate);
  const issues = (result.error?.issues ?? []).filter(
    ({ path: [attribute], code }) =>
      code === 'unrecognized_keys' || Object.hasOwn(patch, String(attribute)),
  );
  if (issues.length > 0) throw invalidAttributes(model, id, issues);
  const accepted = result.data ?? candidate;
  const changes = Object.fromEntries(Object.keys(patch).map((name) => [name, accepted[name]]));
  return {
    toStore: withoutUndefined({ ...plain.stored, ...changes }),
    toReturn: withoutUndefined({ ...plain.understood, ...changes }),
  };
}
