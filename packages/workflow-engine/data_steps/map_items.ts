import { hasFields, type TemplateContext } from '@latchkey/workflow-language';
import { StepFailure } from '../failures/step_failure.ts';
import { Turns } from '../processes/turns.ts';
import { type DataStepScope, memberFailure } from './data_step_scope.ts';
import { OutputBudget } from './output_budget.ts';
import { invalidInput, MAX_LIST_LENGTH, type StepInput } from './step_input.ts';

/** Maximum levels of `$map` inside `$map` in `with.fields`. */
const MAX_MAPPINGS = 10;

const MAPPING_KEY = '$map';

/**
 * Runs `data.map`: renders `with.fields` for each member of a list, or once for an object. An
 * object in the fields that contains `$map: { items, item?, index? }` becomes a list: its other
 * fields are rendered for each member of `items`, and can also read the variables of all outer
 * members.
 * @throws StepFailure `InvalidStepInput`, or the failure of a template
 */
export async function mapItems(input: StepInput, scope: DataStepScope): Promise<unknown> {
  const fields = input.object('with.fields');
  checkMappings(fields, 'with.fields', 0);
  const mapper = new Mapper(scope);
  const items = input.value('items');
  if (hasFields(items)) return mapper.member(fields, items, 0);
  if (!Array.isArray(items)) return input.fail('items', 'a list or an object');
  const mapped: unknown[] = [];
  for (const [index, item] of input.list('items').entries()) {
    mapped.push(await mapper.member(fields, item, index));
  }
  return mapped;
}

/**
 * Checks every `$map` before anything is rendered, so that a mistake is also reported if a list is
 * empty.
 */
function checkMappings(fields: unknown, path: string, depth: number): void {
  if (Array.isArray(fields)) {
    for (const [index, each] of fields.entries()) checkMappings(each, `${path}[${index}]`, depth);
    return;
  }
  if (!hasFields(fields)) return;
  const isMapping = Object.hasOwn(fields, MAPPING_KEY);
  if (isMapping) checkMapping(fields[MAPPING_KEY], `${path}.${MAPPING_KEY}`);
  const depthBelow = isMapping ? depth + 1 : depth;
  if (depthBelow > MAX_MAPPINGS) {
    const message = `\`${path}\` is nested in more than ${MAX_MAPPINGS} \`${MAPPING_KEY}\`.`;
    throw new StepFailure('InvalidStepInput', message);
  }
  for (const [name, each] of Object.entries(fields)) {
    if (name !== MAPPING_KEY) checkMappings(each, `${path}.${name}`, depthBelow);
  }
}

function checkMapping(mapping: unknown, path: string): void {
  if (!hasFields(mapping)) throw invalidInput(path, 'an object with `items`', mapping);
  if (!Object.hasOwn(mapping, 'items')) {
    throw invalidInput(`${path}.items`, 'a list or a template', undefined);
  }
  for (const key of ['item', 'index']) nameIn(mapping, key, path);
}

/**
 * Name of the variable that contains a member or its index. Default: the key itself, `item` or
 * `index`.
 */
function nameIn(mapping: Readonly<Record<string, unknown>>, key: string, path: string): string {
  const name = Object.hasOwn(mapping, key) ? mapping[key] : key;
  if (typeof name === 'string' && name !== '') return name;
  throw invalidInput(`${path}.${key}`, 'text that is not empty', name);
}

class Mapper {
  readonly #scope: DataStepScope;
  readonly #turns: Turns;
  readonly #output = new OutputBudget();
  #members = 0;

  constructor(scope: DataStepScope) {
    this.#scope = scope;
    this.#turns = new Turns(scope.signal);
  }

  /** Renders the fields for a member of `items`. */
  async member(fields: unknown, item: unknown, index: number): Promise<unknown> {
    try {
      await this.#countMember();
      return await this.#render(fields, { ...this.#scope.context, item, index });
    } catch (error) {
      throw memberFailure('with.fields', index, error);
    }
  }

  async #render(value: unknown, context: TemplateContext): Promise<unknown> {
    if (Array.isArray(value)) {
      const members: unknown[] = [];
      for (const each of value) members.push(await this.#render(each, context));
      return members;
    }
    if (!hasFields(value)) return this.#renderText(value, context);
    if (Object.hasOwn(value, MAPPING_KEY)) return this.#renderMapping(value, context);
    return this.#renderFields(value, context);
  }

  /**
   * Renders the fields of an object or list. Creates promises only for lists and objects, because
   * there are very many other values.
   */
  async #renderFields(
    fields: Readonly<Record<string, unknown>>,
    context: TemplateContext,
  ): Promise<unknown> {
    const entries: [string, unknown][] = [];
    for (const [name, each] of Object.entries(fields)) {
      if (name === MAPPING_KEY) continue;
      this.#output.use(name.length);
      const isNested = typeof each === 'object' && each !== null;
      const value = isNested ? this.#render(each, context) : this.#renderText(each, context);
      entries.push([name, value instanceof Promise ? await value : value]);
    }
    // `Object.fromEntries` makes `__proto__` an ordinary field.
    return Object.fromEntries(entries);
  }

  /**
   * Renders an object with `$map`. If `items` is not a list, it counts as an empty list, because
   * services omit empty lists.
   */
  async #renderMapping(
    fields: Readonly<Record<string, unknown>>,
    context: TemplateContext,
  ): Promise<unknown> {
    const mapping = fields[MAPPING_KEY];
    if (!hasFields(mapping)) return [];
    const items = await this.#scope.texts.values(mapping['items'], context);
    if (!Array.isArray(items)) return [];
    const itemName = nameIn(mapping, 'item', MAPPING_KEY);
    const indexName = nameIn(mapping, 'index', MAPPING_KEY);
    const mapped: unknown[] = [];
    for (const [index, item] of items.entries()) {
      await this.#countMember();
      const inner = { ...context, [itemName]: item, [indexName]: index };
      mapped.push(await this.#renderFields(fields, inner));
    }
    return mapped;
  }

  /** Renders a text. Returns the value, or a promise of the value when rendering takes long. */
  #renderText(value: unknown, context: TemplateContext): unknown {
    const rendered = this.#scope.texts.memberText(value, context);
    return rendered instanceof Promise
      ? rendered.then((later) => this.#count(later))
      : this.#count(rendered);
  }

  #count(rendered: unknown): unknown {
    this.#output.use(typeof rendered === 'string' ? rendered.length : 0);
    return rendered;
  }

  /**
   * Counts a member of any list. Lists inside lists multiply the number of members, so their sum is
   * limited.
   */
  async #countMember(): Promise<void> {
    this.#members += 1;
    if (this.#members > MAX_LIST_LENGTH) {
      throw new StepFailure(
        'InvalidStepInput',
        `\`items\` and the lists of \`${MAPPING_KEY}\` have more than ${MAX_LIST_LENGTH} members together.`,
      );
    }
    if (this.#turns.isOver) await this.#turns.next();
  }
}
