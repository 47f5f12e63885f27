import { type Liquid, toValue } from 'liquidjs';
import { LimitedContext } from './limited_context.ts';

const DATE_FILTERS = [
  'date',
  'date_to_long_string',
  'date_to_rfc822',
  'date_to_string',
  'date_to_xmlschema',
];

/**
 * Replaces the filters that read the clock of the machine or choose at random: `'now' | date` is
 * the variable `now` of the run, and `sample` chooses the same members in a replay.
 * @throws Error when Liquid lacks a filter
 */
export function registerMomentFilters(liquid: Liquid): void {
  for (const name of DATE_FILTERS) {
    const original = liquid.filters[name];
    const handler = typeof original === 'function' ? original : original?.handler;
    if (handler === undefined) throw new Error(`Liquid has no filter ${name}.`);
    liquid.registerFilter(name, function (value: unknown, ...rest: unknown[]) {
      const text = toValue(value);
      const { now } = LimitedContext.of(this.context).moment;
      const isNow = text === 'now' || text === 'today';
      return handler.call(this, isNow && now !== undefined ? now : value, ...rest);
    });
  }
  liquid.registerFilter('sample', function (value: unknown, count: unknown = 1) {
    const list: unknown = toValue(value);
    if (list === undefined || list === null) return [];
    const members: unknown[] = Array.isArray(list) ? [...list] : [...String(list)];
    const { memoryLimit, moment } = LimitedContext.of(this.context);
    memoryLimit.use(members.length);
    const size = Math.min(Number(count), members.length);
    for (let index = 0; index < size; index += 1) {
      const other = index + Math.floor(moment.random() * (members.length - index));
      [members[index], members[other]] = [members[other], members[index]];
    }
    return count === 1 ? members[0] : members.slice(0, size);
  });
}
